import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type next from "next";
import { isHostAllowed } from "./lib/api/front-door.ts";
import { nameFor } from "./lib/core/base-path.mjs";
import { isReadablePath } from "./lib/core/request-target.ts";
import { EnvError, setBuiltConfig, type Env } from "./lib/env.ts";

/** The project's folder under tsx, `dist/` when built. */
const here = dirname(fileURLToPath(import.meta.url));

/** Answers a request, at some time. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Gets Next ready to answer for pages. */
export async function preparePages(server: Server, env: Env): Promise<RequestHandler> {
  const pages = loadNext(env)({
    dev: env.development,
    dir: env.development ? here : pagesOf(env),
    // Next takes over the upgrades of this server, and leaves those it does not know open for ever. Only development has any.
    httpServer: env.development ? server : createServer(),
    hostname: env.host,
    port: env.port,
  });
  await pages.prepare();
  return pages.getRequestHandler();
}

/** Why a page is not served: asked for under a foreign name, at an address that cannot be read, or not only read; null when it is. */
export function refusePage(
  request: IncomingMessage,
  { development }: Env,
  allowedHosts: readonly string[],
): { status: number; text: string } | null {
  if (!isHostAllowed(request.headers.host, allowedHosts)) {
    return {
      status: 421,
      text: "The console is not served under this host name: see LOOM_ALLOWED_HOSTS.\n",
    };
  }
  if (!isReadablePath(request.url ?? "/")) {
    return { status: 400, text: "This address cannot be read: its escapes are no UTF-8.\n" };
  }
  if (development || request.method === "GET" || request.method === "HEAD") return null;
  // What a browser sends by itself when a button was pressed before the page's scripts had come.
  return {
    status: 405,
    text: "Pages are only read; changes go through /api. If you pressed a button: go back, reload the page, and press it again.\n",
  };
}

/** The pages built for this base path. */
function pagesOf({ basePath }: Env): string {
  return join(here, nameFor("pages", basePath));
}

/** Pages are built for one base path each. Throws `EnvError` when there are none for this one. */
export function requirePages(env: Env): void {
  if (env.development || existsSync(pagesOf(env))) return;
  const setting = `LOOM_BASE_PATH=${env.basePath}`;
  throw new EnvError(
    `No pages are built for ${setting}. Use npm start, which builds them, or run ${setting} npm run build.`,
  );
}

/** Next is loaded once somebody can be answered already. Built pages bring the part of it that they need, and their configuration. */
function loadNext(env: Env): typeof next {
  if (env.development) return createRequire(join(here, "server.ts"))("next") as typeof next;
  const file = join(pagesOf(env), nameFor(".next", env.basePath), "required-server-files.json");
  setBuiltConfig((JSON.parse(readFileSync(file, "utf8")) as { config: object }).config);
  return createRequire(file)("next") as typeof next;
}
