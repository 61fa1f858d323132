import { expect } from "vitest";
import { join } from "node:path";
import { hashPassword } from "better-auth/crypto";
import { createApi, type ApiOptions } from "../lib/api/app.ts";
import { createAttempts } from "../lib/api/attempts.ts";
import { createSessions } from "../lib/api/session.ts";
import { createSetupToken } from "../lib/api/setup-token.ts";
import { createBuiltins } from "../lib/builtin/registry.ts";
import type { Role } from "../lib/contract/account.ts";
import { createHost } from "../lib/host/create-host.ts";
import { createLog } from "../lib/log.ts";
import { loadApprovedAddressCache } from "../lib/operations/address/approved-address-cache.ts";
import { createSupervisor } from "../lib/host/process/supervisor.ts";
import { createWatchedFolders } from "../lib/operations/folder/watched-folders.ts";
import { createClock } from "../lib/real-clock.ts";
import { createPluginClient } from "../lib/transport/create.ts";
import { readPluginProto } from "../lib/transport/grpc-schema.ts";
import { createTestData } from "./database.ts";

/** What an answer with this error looks like, for `toEqual`; `more` names further fields of the error. */
export const errorOf = (code: string, more: object = {}) => ({
  error: expect.objectContaining({ code, ...more }),
});

export const PASSWORD = "a long enough password";
const passwordHash = hashPassword(PASSWORD);

/** An answer of the API, its JSON read. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Undefined when there was none. */
  body: unknown;
}

export interface Request {
  /** A role, whose person is made and signed in on first use, or a cookie. Nobody by default. */
  as?: Role | { cookie: string };
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export type TestConsole = Awaited<ReturnType<typeof createTestConsole>>;

/**
 * Everything behind `/api` with a real database, a real host and the real transports; only the listener is missing. Processes of plugins
 * are started when `allowProcesses` is given.
 */
export async function createTestConsole({
  pluginFolders = [],
  allowProcesses = false,
  ...overrides
}: Partial<ApiOptions> & { pluginFolders?: string[]; allowProcesses?: boolean } = {}) {
  const clock = createClock();
  const log = createLog({ level: "silent", pretty: false });
  const { data, directory, close } = await createTestData(clock);
  const approvals = await loadApprovedAddressCache(data.approvals);
  const builtins = createBuiltins(clock);
  const ownPort = () => 3000;
  const supervisor = createSupervisor({
    processes: data.processes,
    clock,
    log,
    allowed: allowProcesses,
    environment: { PATH: process.env["PATH"] },
    logDirectory: join(directory, "logs"),
    guardianScript: join(import.meta.dirname, "../lib/host/process/guardian.mjs"),
  });
  const host = createHost({
    data,
    clock,
    log,
    builtins,
    ...(allowProcesses ? { supervisor } : {}),
    createClient: createPluginClient({ approvals, ownPort, builtins, clock }),
  });
  const setupToken = createSetupToken();
  const context = { data, host, clock, log, approvals, ownPort };
  const folders = createWatchedFolders(context, pluginFolders);
  const basePath = overrides.basePath ?? "";
  const sessions = createSessions({
    database: data.authDatabase,
    secret: data.sessionSecret,
    basePath,
    log,
  });
  const api = createApi({
    ...context,
    sessions,
    folders,
    attempts: createAttempts(),
    setupToken,
    isDraining: () => false,
    version: "0.0.0-test",
    basePath,
    pluginProto: readPluginProto(),
    allowedHosts: ["loom.example.com"],
    trustProxy: false,
    ...overrides,
  });
  const cookies = new Map<Role, Promise<string>>();

  async function signIn(role: Role): Promise<string> {
    const email = `${role}@example.test`;
    const at = new Date(clock.now()).toISOString();
    await data.users.create({ name: `The ${role}`, email, role, passwordHash: await passwordHash, at });
    const session = await sessions.signIn({ email, password: PASSWORD }, "test");
    return session.cookies[0]?.split(";")[0] ?? "";
  }

  /** The cookie of a person of this role. */
  function cookieOf(role: Role): Promise<string> {
    const cookie = cookies.get(role) ?? signIn(role);
    cookies.set(role, cookie);
    return cookie;
  }

  async function fetchRaw(method: string, path: string, request: Request = {}): Promise<Response> {
    const { as, body, raw, headers, signal } = request;
    const cookie = typeof as === "string" ? await cookieOf(as) : as?.cookie;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return api.request(`http://127.0.0.1:3000${path}`, {
      method,
      headers: {
        host: "127.0.0.1:3000",
        ...(cookie === undefined ? {} : { cookie }),
        ...(payload === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      ...(payload instanceof ReadableStream ? { duplex: "half" } : {}),
      ...(signal ? { signal } : {}),
    });
  }

  async function call(method: string, path: string, request: Request = {}): Promise<Answer> {
    const response = await fetchRaw(method, path, request);
    const text = await response.text();
    const isText = response.headers.get("content-type")?.startsWith("text/plain") === true;
    const body: unknown = isText ? text : text ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, body };
  }

  return {
    ...context,
    folders,
    api,
    setupToken,
    directory,
    cookieOf,
    fetchRaw,
    call,
    async close() {
      await folders.stop();
      await host.stop();
      await supervisor.close();
      await close();
    },
  };
}
