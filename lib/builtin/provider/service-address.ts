/** Blanks that came with copying are forgiven. */
export const ADDRESS_PATTERN = "^\\s*https?://[^\\s]+\\s*$";

/** Paths of calls that people copy with the address, the longest first; what else might be a place of its own counts only behind a version. */
const CALLS =
  /\/chat\/completions\/*$|(?<=\/v\d[^/]{0,20})\/(?:completions|embeddings|models|responses|messages)\/*$/;

/** A service's base address as it was typed. */
export interface TypedAddress {
  baseUrl: string;
  /** What was read differently, for a person; null when nothing was. */
  note: string | null;
}

/** Reads an address without the path of one call: `http://h/v1/chat/completions` is taken as `http://h/v1`. */
export function readServiceAddress(text: string): TypedAddress {
  const typed = text.trim();
  const baseUrl = typed.replace(CALLS, "");
  return { baseUrl, note: baseUrl === typed ? null : `base_url was read as ${baseUrl}` };
}
