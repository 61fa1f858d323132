import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import type next from "next";
import packageJson from "./package.json" with { type: "json" };
import { createApi } from "./lib/api/app.ts";
import { createAttempts } from "./lib/api/attempts.ts";
import { isHostAllowed } from "./lib/api/front-door.ts";
import { createSessions } from "./lib/api/session.ts";
import { createSetupToken } from "./lib/api/setup-token.ts";
import { createBuiltins } from "./lib/builtin/registry.ts";
import { isAppError } from "./lib/contract/error.ts";
import type { Clock } from "./lib/core/clock.ts";
import { lockDataDirectory } from "./lib/data/directory-lock.ts";
import { createData } from "./lib/data/open.ts";
import { toReferenceRules } from "./lib/data/secret-reference.ts";
import { EnvError, readEnv, setBuiltConfig } from "./lib/env.ts";
import { createGateway } from "./lib/gateway/handler.ts";
import { createHost } from "./lib/host/create-host.ts";
import { createSupervisor } from "./lib/host/supervisor.ts";
import { warmUpIntake } from "./lib/intake/warm-up.ts";
import { createLog, outliveReaders } from "./lib/log.ts";
import { createFirstAdmin, isSetupOpen } from "./lib/operations/accounts.ts";
import { adoptStored } from "./lib/operations/adoption.ts";
import { loadApprovals } from "./lib/operations/approvals.ts";
import type { Context } from "./lib/operations/context.ts";
import { createFolders } from "./lib/operations/folder.ts";
import { ensureSample } from "./lib/operations/sample.ts";
import { createClock } from "./lib/real-clock.ts";
import { createPluginClient } from "./lib/transport/create.ts";
import { readPluginProto } from "./lib/transport/grpc-schema.ts";

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

/** The built pages. */
const PAGES = join(here, "pages");

await start().catch(explainAndExit);

async function start(): Promise<void> {
  outliveReaders();
  const env = readEnv();
  const clock = createClock();
  const log = createLog({ level: env.logLevel, pretty: env.prettyLogs });
  const server = createServer({
    maxHeaderSize: 16_384,
    requestTimeout: 60_000,
    headersTimeout: 20_000,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });

  const lock = lockDataDirectory(env.dataDirectory);
  const data = await createData({
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

  const approvals = await loadApprovals(data.approvals);
  const ownPort = () => (server.address() as AddressInfo | null)?.port ?? env.port;
  const builtins = createBuiltins(clock);
  const supervisor = createSupervisor({
    processes: data.processes,
    clock,
    log,
    allowed: env.allowProcesses,
    environment: env.variables,
    logDirectory: join(env.dataDirectory, "logs"),
    guardianScript: join(here, "lib/host/guardian.mjs"),
  });
  const host = createHost({
    data,
    clock,
    log,
    builtins,
    supervisor,
    createClient: createPluginClient({ approvals, ownPort, builtins, clock }),
  });
  const context: Context = { data, host, clock, log, approvals, ownPort };
  if (env.admin) await createFirstAdmin(context, { name: "Administrator", ...env.admin });
  await adoptStored(context);
  await ensureSample(context);
  const folders = createFolders(context, env.pluginFolders);

  const state = { draining: false };
  const setupToken = createSetupToken();
  const api = createApi({
    ...context,
    folders,
    sessions: createSessions({ database: data.authDatabase, secret: data.sessionSecret, log }),
    attempts: createAttempts(),
    setupToken,
    isDraining: () => state.draining,
    version: packageJson.version,
    pluginProto: readPluginProto(),
    allowedHosts: [...env.allowedHosts, env.host.toLowerCase()],
    trustProxy: env.trustProxy,
  });
  const answerApi = getRequestListener(api.fetch);
  const answerGateway = createGateway();
  async function preparePages() {
    const pages = loadNext(env.development)({
      dev: env.development,
      dir: env.development ? here : PAGES,
      httpServer: server,
      hostname: env.host,
      port: env.port,
    });
    await pages.prepare();
    return pages.getRequestHandler();
  }

  function refusePage(request: IncomingMessage): { status: number; text: string } | null {
    if (!isHostAllowed(request.headers.host, [...env.allowedHosts, env.host.toLowerCase()])) {
      return {
        status: 421,
        text: "The console is not served under this host name: see LOOM_ALLOWED_HOSTS.\n",
      };
    }
    if (env.development || request.method === "GET" || request.method === "HEAD") return null;
    // What a browser sends by itself when a button was pressed before the page's scripts had come.
    return {
      status: 405,
      text: "Pages are only read; changes go through /api. If you pressed a button: go back, reload the page, and press it again.\n",
    };
  }

  const isFirstStart = await isSetupOpen(context);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.port, env.host, resolve);
  });
  const stopping = new AbortController();
  async function stop(signal: string): Promise<void> {
    if (state.draining) return;
    state.draining = true;
    stopping.abort();
    log.info({ signal }, "stopping");
    const closed = new Promise((resolve) => server.close(resolve));
    // Chats end with an error event before their connections are closed, and plugins before the database.
    await folders.stop();
    await host.stop();
    await supervisor.close();
    server.closeIdleConnections();
    await Promise.race([closed, clock.sleep(CLOSE_MS)]);
    server.closeAllConnections();
    await data.close();
    lock.release();
    if (await filesHaveAnswered(clock)) {
      log.info("stopped");
      process.exit(0);
    }
    // An exit waits for every call to the file system: one that never returns would keep the process for ever.
    // Nor does this go through the log, which needs time to write.
    print("Stopped without waiting for a file system that does not answer.");
    process.removeAllListeners("SIGTERM");
    process.kill(process.pid, "SIGTERM");
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => void stop(signal).catch(explainAndExit));
  log.info({ port: ownPort() }, "listening");
  const origin = toOrigin(env.host, ownPort());
  // Before anybody can be told that it is ready: a script that waits for that looks for the token next.
  if (isFirstStart) print(`First start, one-time setup token: ${setupToken.value}`);

  // Plugins are on their way back while the pages are prepared; whoever asks earlier waits: for the host, for a page until there are pages.
  const started = host.start();
  const answerPage = started.then(preparePages);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? "/";
    if (path.startsWith("/v1/")) return void answerGateway(request, response);
    if (PROBES.has(path)) return void answerApi(request, response);
    if (/^\/(?:api(?:[/?]|$)|metrics$)/.test(path))
      return void started.then(() => answerApi(request, response));
    const refusal = refusePage(request);
    if (refusal)
      return void response.writeHead(refusal.status, { "content-type": "text/plain" }).end(refusal.text);
    // Pages ask our own API; where it is, is ours to say and never the visitor's.
    request.headers["x-loom-internal-origin"] = origin;
    void answerPage.then((answer) => answer(request, response));
  });
  await answerPage;
  if (state.draining) return;
  const invitation = ["", "Create your account at", `${origin}/setup#token=${setupToken.value}`];
  print(
    `Loom Console ${packageJson.version} is ready at ${origin}`,
    ...((await isSetupOpen(context)) ? invitation : []),
  );

  await folders.start();
  await warmUpIntake(clock, stopping.signal);
}

/** Next is loaded once somebody can be answered already. Built pages bring the part of it that they need, and their configuration. */
function loadNext(isDevelopment: boolean): typeof next {
  if (isDevelopment) return createRequire(join(here, "server.ts"))("next") as typeof next;
  const file = join(PAGES, ".next/required-server-files.json");
  setBuiltConfig((JSON.parse(readFileSync(file, "utf8")) as { config: object }).config);
  return createRequire(file)("next") as typeof next;
}

/** Resolves with true once no call to the file system is under way, or with false after `FILES_MS`. */
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
