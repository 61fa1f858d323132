import { AppError } from "../contract/error.ts";

/** Names under which a browser on this machine reaches us. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether the console may be visited under this `Host` header. `allowed` holds lower-case names without port; loopback is always
 * welcome. Refusing the rest stops DNS rebinding: a page at evil.test whose name suddenly points to us.
 */
export function isHostAllowed(header: string | null | undefined, allowed: readonly string[]): boolean {
  const name = toHostName(header);
  return name !== null && (LOOPBACK.includes(name) || allowed.includes(name));
}

/** Throws `host_not_allowed`. */
export function requireAllowedHost(header: string | null, allowed: readonly string[]): void {
  if (isHostAllowed(header, allowed)) return;
  const name = toHostName(header);
  throw new AppError("host_not_allowed", "The console is not served under this host name.", {
    hint: name
      ? `If ${name.slice(0, 100)} is really yours, start the console with LOOM_ALLOWED_HOSTS=${name.slice(0, 100)}.`
      : "Visit it under http://127.0.0.1 and its port.",
  });
}

function toHostName(header: string | null | undefined): string | null {
  if (!header || !/^[\w.:[\]-]+$/.test(header)) return null;
  const url = `http://${header}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changes that another site's page asked a visitor's browser to make. A browser says where a request comes from in
 * `Sec-Fetch-Site` and `Origin`, which pages cannot forge; scripts send neither and have no cookie that someone else could use.
 * Throws `cross_site_request`.
 */
export function requireSameSite(request: Request): void {
  if (SAFE_METHODS.has(request.method)) return;
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  // "same-site" is not enough: any other port of this host is the same site.
  const isForeign = site !== null ? site !== "same-origin" && site !== "none" : !isOwnOrigin(origin, request);
  if (!isForeign && origin !== "null") return;
  throw new AppError("cross_site_request", "This change was asked for by a page that is not the console.", {
    hint: "Open the console itself and try there. A reverse proxy in front of it has to pass the Host header on.",
  });
}

/** The scheme is left out: behind a proxy that speaks https to the browser we are reached over http. */
function isOwnOrigin(origin: string | null, request: Request): boolean {
  if (origin === null) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.get("host")?.toLowerCase();
}
