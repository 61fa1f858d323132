/**
 * The nonce under which this document may add style elements (the content security policy in `proxy.ts`). Taken from a script
 * of the document itself: pages opened without a reload keep the policy of the first one, and so its nonce.
 */
export function readPageNonce(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}
