import { Hono, type Context as HonoContext } from "hono";
import { AppError } from "../contract/error.ts";
import { toErrorInfo } from "../operations/failure.ts";
import type { ApiContext, Visit } from "./context.ts";
import { toErrorResponse } from "./errors.ts";
import { requireAllowedHost, requireSameSite } from "./front-door.ts";
import type { RouteRequest } from "./route.ts";
import { ROUTES } from "./routes.ts";

/** What `createApi` is made of: what handlers work with, and the settings of the front door. */
export interface ApiOptions extends ApiContext {
  /** Lower-case host names, without port, under which the console may be visited besides loopback. */
  allowedHosts: readonly string[];
  /** True when a reverse proxy sets X-Forwarded-*: then it names the visitor's address, and https makes cookies `Secure`. */
  trustProxy: boolean;
}

/** What @hono/node-server hands in; absent when a test calls `app.request()`. */
interface Bindings {
  incoming?: { socket?: { remoteAddress?: string | undefined } };
}
type App = { Bindings: Bindings };

/** Everything under `/api`. Holds no state of its own. */
export function createApi(options: ApiOptions): Hono<App> {
  // A slash at the end of a path makes no difference.
  const app = new Hono<App>({ strict: false });
  for (const route of ROUTES) {
    app.on(route.method, route.path, (c) =>
      pass(c, options, (visit) => route.run(toRouteRequest(options, c, visit))),
    );
  }
  for (const [path, methods] of methodsByPath()) {
    app.all(path, (c) =>
      pass(c, options, () => Promise.reject(methodNotAllowed(c.req.method, path, methods))),
    );
  }
  app.notFound((c) => pass(c, options, () => Promise.reject(unknownPath())));
  return app;
}

/** The one way in and out: request id, host, site, then the work; then cookies, headers, the log line. Never rejects. */
async function pass(
  c: HonoContext<App>,
  options: ApiOptions,
  work: (visit: Visit) => Promise<Response>,
): Promise<Response> {
  const started = options.clock.monotonic();
  const visit = toVisit(c, options.trustProxy);
  const { log } = options;
  let response: Response;
  try {
    requireAllowedHost(c.req.raw.headers.get("host"), options.allowedHosts);
    requireSameSite(c.req.raw);
    response = await work(visit);
  } catch (error) {
    response = toErrorResponse(toErrorInfo(error, log, visit.requestId), visit.requestId);
  }
  const isHttps = options.trustProxy && visit.headers.get("x-forwarded-proto") === "https";
  setHeaders(response.headers, visit, isHttps);
  const { method, path } = c.req;
  const ms = Math.round(options.clock.monotonic() - started);
  const level = response.status >= 500 ? "warn" : "debug";
  log[level]({ requestId: visit.requestId, method, path, status: response.status, ms }, "request");
  return response;
}

function toRouteRequest(context: ApiContext, c: HonoContext<App>, visit: Visit): RouteRequest {
  return { context, visit, request: c.req.raw, id: c.req.param("id"), query: c.req.query() };
}

function toVisit(c: HonoContext<App>, trustProxy: boolean): Visit {
  const { headers, signal } = c.req.raw;
  // The last entry is the one our own proxy wrote; those before it came with the request.
  const forwarded = trustProxy ? headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  const peer = c.env?.incoming?.socket?.remoteAddress;
  return {
    requestId: crypto.randomUUID(),
    address: forwarded || peer || "unknown",
    headers,
    signal,
    cookies: [],
  };
}

const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

function setHeaders(headers: Headers, { requestId, cookies }: Visit, isHttps: boolean): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  headers.set("x-request-id", requestId);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  for (const cookie of cookies) headers.append("set-cookie", isHttps ? `${cookie}; Secure` : cookie);
}

function methodsByPath(): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of ROUTES) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}

function methodNotAllowed(method: string, path: string, methods: string[]): AppError {
  const allow = methods.join(", ");
  return new AppError("method_not_allowed", `${path} does not take ${method}.`, {
    hint: `It takes ${allow}.`,
    details: { allow },
  });
}

function unknownPath(): AppError {
  return new AppError("not_found", "There is nothing at this address.", {
    hint: "GET /api/openapi.json lists what there is.",
  });
}
