import { createApi, type Api } from "./api.ts";
import { createSend } from "./http.ts";

/**
 * The API as a server component reaches it: over loopback, as the visitor.
 * `server.ts` sets `x-loom-internal-origin` on every page request and overwrites whatever a client sent under that name.
 */
export function serverApi(headers: Headers): Api {
  const origin = headers.get("x-loom-internal-origin");
  if (!origin) throw new Error("Pages are served through server.ts only: x-loom-internal-origin is missing.");
  const cookie = headers.get("cookie");
  return createApi(createSend({ origin, headers: cookie ? { cookie } : {} }));
}
