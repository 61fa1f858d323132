/** What setup remembers of a half-filled form. The password is not part of it; the token works once and only before setup. */
export interface SetupDraft {
  token: string;
  /** True once the person went on with that token. */
  tokenGiven: boolean;
  name: string;
  email: string;
}

export const EMPTY_DRAFT: SetupDraft = { token: "", tokenGiven: false, name: "", email: "" };

/** The token of an address such as `/setup#token=abc`, or null. A fragment never travels to a server or into its log. */
export function readTokenFromFragment(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("token")?.trim() || null;
}

/** The token in what was put into the token field: a whole printed address counts as its token, any other text stays as it is. */
export function readTokenFromText(text: string): string {
  return readTokenFromFragment(/[#?&](token=\S+)/.exec(text)?.[1] ?? "") ?? text;
}
