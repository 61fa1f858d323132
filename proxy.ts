import { NextResponse, type NextRequest } from "next/server";

/** Set by next.config.ts when the code is compiled. */
declare const LOOM_DEVELOPMENT: boolean;

/**
 * Only scripts that carry this answer's nonce run, and what they load; nothing comes from or goes to another origin.
 * Style attributes stay allowed: React writes them into server-rendered markup, and they cannot load or run anything here.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    // React's and the bundler's development builds evaluate code and insert style elements.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${LOOM_DEVELOPMENT ? " 'unsafe-eval'" : ""}`,
    LOOM_DEVELOPMENT ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Gives every page its policy and nonce, and tells the layouts which path they are for. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  headers.set("x-loom-path", request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("cache-control", "no-store");
  return response;
}

export const config = { matcher: ["/((?!api/|v1/|_next/static|_next/image).*)"] };
