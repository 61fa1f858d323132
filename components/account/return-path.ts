/** Only for parsing: no request ever goes there. */
const BASE = "http://console.invalid";
const NEVER_BACK_TO = ["/sign-in", "/setup"];

/**
 * A path of this console from what stood in the URL, or "/" for anything else: another origin, `//host`, `/\host`,
 * a scheme, control characters, or a page that makes no sense after signing in.
 */
export function toReturnPath(raw: string | null | undefined): string {
  if (!raw?.startsWith("/")) return "/";
  const url = URL.canParse(raw, BASE) ? new URL(raw, BASE) : null;
  if (url?.origin !== BASE) return "/";
  if (NEVER_BACK_TO.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`))) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Where to send a visitor without a session, so that they come back to `path`. */
export function toSignInPath(path: string, reason?: "expired"): string {
  const query = new URLSearchParams();
  const next = toReturnPath(path);
  if (next !== "/") query.set("next", next);
  if (reason) query.set("reason", reason);
  return query.size > 0 ? `/sign-in?${query}` : "/sign-in";
}
