import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import packageJson from "./package.json" with { type: "json" };
import { createApi } from "./lib/api/app.ts";
import { createAttempts } from "./lib/api/attempts.ts";
import { createSessions } from "./lib/api/session.ts";
import { createSetupToken } from "./lib/api/setup-token.ts";
import { createBuiltins } from "./lib/builtin/registry.ts";
import { isAppError } from "./lib/contract/error.ts";
import { withoutBasePath } from "./lib/core/base-path.mjs";
import type { Clock } from "./lib/core/clock.ts";
import type { Surroundings } from "./lib/core/surroundings.ts";
import { readRequestTarget } from "./lib/core/request-target.ts";
import { lockDataDirectory } from "./lib/data/directory-lock.ts";
import type { Data } from "./lib/data/data.ts";
import { createData } from "./lib/data/open.ts";
import { toReferenceRules } from "./lib/data/secret-reference.ts";
import { EnvError, readEnv, type Env } from "./lib/env.ts";
import { createGateway } from "./lib/gateway/handler.ts";
import { createHost } from "./lib/host/create-host.ts";
import { createSupervisor, type Supervisor } from "./lib/host/process/supervisor.ts";
import { createLog, outliveReaders, type Log } from "./lib/log.ts";
import { createFirstAdmin, isSetupOpen } from "./lib/operations/accounts.ts";
import { runStartupMigration } from "./lib/operations/config/startup-migration.ts";
import { loadApprovedAddressCache } from "./lib/operations/address/approved-address-cache.ts";
import type { Context } from "./lib/operations/context.ts";
import { createWatchedFolders } from "./lib/operations/folder/watched-folders.ts";
import { ensureSamplePlugin } from "./lib/operations/registration/sample-plugin.ts";
import { createClock } from "./lib/real-clock.ts";
import { createPluginClient } from "./lib/transport/create.ts";
import { readPluginProto } from "./lib/transport/grpc-schema.ts";
import { preparePages, refusePage, requirePages, type RequestHandler } from "./pages.ts";

/** Open answers have this long to end by themselves after SIGTERM, ms; the whole stop stays below ten seconds. */
const CLOSE_MS = 1_000;

/** The file system has this long to answer at the very end, ms. */
const FILES_MS = 3_000;

/**
 * A connection between two requests is kept this long, ms: longer than reverse proxies (nginx, AWS: 60 s) and other clients keep theirs,
 * so that it is they who close it. Node's 5 s close it under a request that is on its way, which the client sees as a reset.
 */
const KEEP_ALIVE_MS = 75_000;

/** Answered at once, whatever else is ready. */
const PROBES: ReadonlySet<string> = new Set(["/api/health", "/api/ready"]);

/** The project's folder under tsx, `dist/` when built: what is read at run time lies at the same place in both. */
const here = dirname(fileURLToPath(import.meta.url));

await start().catch(explainAndExit);

async function start(): Promise<void> {
  outliveReaders();
  const env = readEnv();
  requirePages(env);
  const clock = createClock();
  const log = createLog({ level: env.logLevel, pretty: env.prettyLogs });
  const server = createHttpServer();
  const ownPort = () => (server.address() as AddressInfo | null)?.port ?? env.port;

  const lock = lockDataDirectory(env.dataDirectory);
  const data = await openData(env, clock, log);
  const supervisor = createProcessSupervisor(env, data, clock, log);
  const context = await createContext({
    ...{ data, supervisor, clock, log, ownPort },
    surroundings: { proxyVariable: env.proxyVariable, isContainer: env.isContainer },
  });
  await prepareContent(context, env);
  const folders = createWatchedFolders(context, env.pluginFolders);

  const stopping = new AbortController();
  const state = { draining: false, signal: stopping.signal };
  const setupToken = createSetupToken();
  const api = createApi({
    ...context,
    folders,
    setupToken,
    isDraining: () => state.draining,
    ...apiSettings(env, context),
  });
  const isFirstStart = await isSetupOpen(context);
  await listen(server, env);
  stopOnSignals(log, async () => {
    state.draining = true;
    stopping.abort();
    const closed = new Promise((resolve) => server.close(resolve));
    // Chats end with an error event before their connections are closed, and plugins before the database.
    await folders.stop();
    await context.host.stop();
    await supervisor.close();
    await closeConnections(server, closed, clock);
    await data.close();
    lock.release();
    await exit(clock, log);
  });
  log.info({ port: ownPort() }, "listening");
  const { proxyVariable } = env;
  if (proxyVariable !== null)
    log.warn(
      { variable: proxyVariable },
      "a proxy is set and not used: plugins and services are reached directly",
    );
  // Before anybody can be told that it is ready: a script that waits for that looks for the token next.
  if (isFirstStart) print(`First start, one-time setup token: ${setupToken.value}`);

  // Plugins are on their way back while the pages are prepared; whoever asks earlier waits: for the host, for a page until there are pages.
  const origin = toOrigin(env.host, ownPort());
  const started = context.host.start();
  const pages = started.then(() => preparePages(server, env));
  route(server, { env, origin, started, pages, api: getRequestListener(api.fetch) });
  await pages;
  if (state.draining) return;
  await announce(context, `${origin}${env.basePath}`, setupToken.value);
  await folders.start();
  void copyDaily(data, { clock, log, signal: state.signal });
}

/** Asked every hour whether a day has passed, so that a console that sleeps at night has its copies too. */
const COPY_CHECK_MS = 3_600_000;

/** Keeps a copy of the database for each day, until `signal` aborts. */
async function copyDaily(
  data: Data,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const copy = await data.copyDaily();
      if (copy !== null) log.info({ copy }, "database copied");
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "the daily copy of the database could not be made");
    }
    await clock.sleep(COPY_CHECK_MS, signal);
  }
}

function createHttpServer(): Server {
  return createServer({
    maxHeaderSize: 16_384,
    requestTimeout: 60_000,
    headersTimeout: 20_000,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}

function openData(env: Env, clock: Clock, log: Log): Promise<Data> {
  return createData({
    directory: env.dataDirectory,
    migrationsDirectory: join(here, "prisma/migrations"),
    secretKey: env.secretKey,
    secretKeyFile: env.secretKeyFile,
    oldSecretKeys: env.oldSecretKeys,
    references: toReferenceRules({
      environment: env.variables,
      listed: env.secretVariables,
      folders: env.secretFolders,
      forbidden: [env.dataDirectory, ...(env.secretKeyFile === undefined ? [] : [env.secretKeyFile])],
    }),
    clock,
    log,
  });
}

function createProcessSupervisor(env: Env, { processes }: Data, clock: Clock, log: Log): Supervisor {
  return createSupervisor({
    processes,
    clock,
    log,
    allowed: env.allowProcesses,
    environment: env.variables,
    logDirectory: join(env.dataDirectory, "logs"),
    guardianScript: join(here, "lib/host/process/guardian.mjs"),
  });
}

/** The host of plugins, and everything else that operations need. */
async function createContext(parts: {
  data: Data;
  supervisor: Supervisor;
  clock: Clock;
  log: Log;
  ownPort: () => number;
  surroundings: Surroundings;
}): Promise<Context> {
  const { data, supervisor, clock, log, ownPort, surroundings } = parts;
  const approvals = await loadApprovedAddressCache(data.approvals);
  const builtins = createBuiltins(clock);
  const createClient = createPluginClient({ approvals, ownPort, builtins, clock, surroundings });
  const host = createHost({ data, clock, log, builtins, supervisor, createClient });
  return { data, host, clock, log, approvals, ownPort };
}

/** What has to be in the database before anybody is served: the first admin, if one is named, and plugins as this version keeps them. */
async function prepareContent(context: Context, { admin }: Env): Promise<void> {
  if (admin) await createFirstAdmin(context, { name: "Administrator", ...admin });
  await runStartupMigration(context);
  await ensureSamplePlugin(context);
}

/** What the API has to know besides the context. */
function apiSettings(env: Env, { data, log }: Context) {
  const { basePath, trustProxy } = env;
  return {
    sessions: createSessions({ database: data.authDatabase, secret: data.sessionSecret, basePath, log }),
    attempts: createAttempts(),
    version: packageJson.version,
    basePath,
    pluginProto: readPluginProto(),
    allowedHosts: allowedHosts(env),
    trustProxy,
  };
}

function allowedHosts(env: Env): string[] {
  return [...env.allowedHosts, env.host.toLowerCase()];
}

function listen(server: Server, { port, host }: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** Runs `stop` at the first SIGINT or SIGTERM; later ones change nothing. */
function stopOnSignals(log: Log, stop: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      log.info({ signal }, "stopping");
      stop().catch(explainAndExit);
    });
  }
}

/** Open answers get `CLOSE_MS` to end by themselves; `closed` resolves when all have. */
async function closeConnections(server: Server, closed: Promise<unknown>, clock: Clock): Promise<void> {
  server.closeIdleConnections();
  await Promise.race([closed, clock.sleep(CLOSE_MS)]);
  server.closeAllConnections();
}

/** Ends the process: with 0, or by SIGTERM where a call to the file system never returns, for which an exit would wait for ever. */
async function exit(clock: Clock, log: Log): Promise<void> {
  if (await filesHaveAnswered(clock)) {
    log.info("stopped");
    process.exit(0);
  }
  // Not through the log, which needs time to write.
  print("Stopped without waiting for a file system that does not answer.");
  process.removeAllListeners("SIGTERM");
  process.kill(process.pid, "SIGTERM");
}

/** Sends every request to whoever answers it: the gateway, the API or the pages. */
function route(
  server: Server,
  parts: {
    env: Env;
    /** Where pages reach our own API. */
    origin: string;
    started: Promise<void>;
    pages: Promise<RequestHandler>;
    api: RequestHandler;
  },
): void {
  const { env, origin, started, pages, api } = parts;
  const gateway = createGateway();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const target = readRequestTarget(request.url ?? "/");
    if (target === null) return refuse(response, 400, "This request names no path.\n");
    if (target.authority !== null) setHost(request, target.authority);
    const path = withoutBasePath(target.path, env.basePath);
    request.url = path;
    if (path.startsWith("/v1/")) return void gateway(request, response);
    if (PROBES.has(path)) return void api(request, response);
    if (/^\/(?:api(?:[/?]|$)|metrics$)/.test(path)) return void started.then(() => api(request, response));
    const refusal = refusePage(request, env, allowedHosts(env));
    if (refusal) return refuse(response, refusal.status, refusal.text);
    // Where our own API is, is ours to say and never the visitor's.
    request.headers["x-loom-internal-origin"] = origin;
    // Next was built for the prefix, and knows its pages only under it.
    request.url = `${env.basePath}${path}`;
    void pages.then((answer) => answer(request, response));
  });
}

/** Wherever it is looked for: the API reads the headers as they came. */
function setHost({ headers, rawHeaders }: IncomingMessage, host: string): void {
  headers.host = host;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === "host") rawHeaders[at + 1] = host;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(text);
}

async function announce(context: Context, address: string, setupToken: string | null): Promise<void> {
  const invitation = ["", "Create your account at", `${address}/setup#token=${setupToken}`];
  print(
    `Loom Console ${packageJson.version} is ready at ${address}`,
    ...((await isSetupOpen(context)) ? invitation : []),
  );
}

/** Resolves with true once no listed call to the file system is under way (`rotating-log.ts`), or with false after `FILES_MS`. */
async function filesHaveAnswered(clock: Clock): Promise<boolean> {
  const areBusy = () => process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
  for (let waitedMs = 0; areBusy(); waitedMs += 20) {
    if (waitedMs >= FILES_MS) return false;
    await clock.sleep(20);
  }
  return true;
}

/** `0.0.0.0` and `::` listen everywhere and can be visited nowhere: loopback stands for them. */
function toOrigin(host: string, port: number): string {
  const visitable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${visitable.includes(":") ? `[${visitable}]` : visitable}:${port}`;
}

function print(...lines: string[]): void {
  process.stdout.write(`\n${lines.map((line) => (line ? `  ${line}` : "")).join("\n")}\n\n`);
}

function explainAndExit(error: unknown): never {
  process.stderr.write(`\n${explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof EnvError) return error.message;
  if (isAppError(error)) return [error.message, error.extras.hint].filter(Boolean).join("\n");
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `The port is already in use: ${error.message}\nStop what runs there, or choose another with PORT.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
