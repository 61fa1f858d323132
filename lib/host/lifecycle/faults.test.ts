import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../../test/database.ts";
import { serveGrpcPlugin } from "../../../test/grpc-server.ts";
import { startMisbehavingGrpc, type GrpcFaultName } from "../../../test/misbehaving-grpc.ts";
import { startMisbehavingPlugin, type FaultName } from "../../../test/misbehaving-plugin.ts";
import { servePlugin } from "../../../test/plugin-server.ts";
import { freePort } from "../../../test/process-folder.ts";
import { createSamplePlugin, delta, SAMPLE_METADATA } from "../../../test/sample-plugin.ts";
import { AppError, type ErrorCode } from "../../contract/error.ts";
import { Manifest, type PluginType } from "../../contract/manifest.ts";
import { createLog } from "../../log.ts";
import { createClock } from "../../real-clock.ts";
import type { BuiltinPlugin } from "../../transport/client.ts";
import { createGrpcClient } from "../../transport/grpc.ts";
import { createHttpClient } from "../../transport/http.ts";
import { createHost } from "../create-host.ts";
import type { Host } from "../host.ts";

/** Nobody waits for seconds to learn that a plugin is silent. */
const TIMEOUTS = {
  ...{ connectMs: 1_000, metadataMs: 1_000, modelsMs: 1_000, healthMs: 1_000 },
  ...{ initializeMs: 1_000, cleanupMs: 300 },
};
/** As the sample plugin, but content without a configuration. */
const createPlugin = (overrides: Partial<BuiltinPlugin> = {}) =>
  createSamplePlugin({ metadata: () => ({ ...SAMPLE_METADATA, config_schema: [] }), ...overrides });
const PLAIN = createPlugin();
const NEIGHBOUR = { name: "Neighbour", type: "http" as const };

let database: TestData;
let host: Host;
const closing: Array<() => Promise<void>> = [];

beforeEach(async () => {
  const [clock, log] = [createClock(), createLog({ level: "silent", pretty: false })];
  database = await createTestData(clock);
  host = createHost({
    ...{ data: database.data, clock, log, builtins: {} },
    createClient({ type, endpoint }) {
      const approvals = { isApproved: () => true };
      const options = { approvals, ownPort: () => 1, clock, timeouts: TIMEOUTS, endpoint: endpoint ?? "" };
      return type === "grpc" ? createGrpcClient(options) : createHttpClient(options);
    },
  });
  await host.start();
});
afterEach(async () => {
  await host.stop();
  for (const close of closing.splice(0)) await close();
  await database.close();
});

async function register(name: string, type: PluginType, endpoint: string): Promise<string> {
  const { id } = await database.data.plugins.create({
    ...{ name, origin: "address", file: null, findings: [], endpoint, desired: "enabled" },
    manifest: Manifest.parse({
      ...{ type, endpoint },
      metadata: { name, version: "1.2.3", provider_type: "sample" },
    }),
    healthCheckIntervalSeconds: 60,
  });
  return id;
}

/** A well-behaved plugin at a port of its own, or at this one. */
async function serveWell(type: PluginType, port = 0): Promise<string> {
  const server = type === "grpc" ? await serveGrpcPlugin(PLAIN, { port }) : await servePlugin(PLAIN, port);
  closing.push(() => server.close());
  return server.endpoint;
}

async function serveHttpFault(fault: FaultName): Promise<string> {
  const plugin = await startMisbehavingPlugin();
  closing.push(() => plugin.close());
  return plugin.endpoint(fault);
}

async function serveGrpcFault(fault: GrpcFaultName): Promise<string> {
  const plugin = await startMisbehavingGrpc(fault);
  closing.push(() => plugin.close());
  return plugin.endpoint;
}

async function chat(id: string): Promise<string> {
  let answer = "";
  const request = { model: "small", messages: [{ role: "user" as const, content: "hello" }] };
  for await (const chunk of host.chat(id, request, new AbortController().signal))
    answer += chunk.choices[0]?.delta?.content ?? "";
  return answer;
}

/** Switched on, failing with its code beside a plugin that does not notice, switched off and on again at a place that works. */
async function seeThrough(type: PluginType, faulty: string, code: ErrorCode): Promise<void> {
  const neighbour = await register(NEIGHBOUR.name, NEIGHBOUR.type, await serveWell(NEIGHBOUR.type));
  expect(await host.reconcile(neighbour)).toMatchObject({ badge: "healthy" });
  const id = await register("Faulty", type, faulty);
  const failing = host.reconcile(id);
  expect(await chat(neighbour)).toBe("You said hello");
  const failed = await failing;
  expect(failed).toMatchObject({ badge: "failed", lifecycle: "failed", failure: { code } });
  expect(failed.failure?.message).toContain("127.0.0.1");
  expect(failed.failure?.hint).toBeTruthy();
  // Only what a person has to mend is not tried again.
  expect(failed.nextCheckAt === null).toBe(code === "plugin_authentication_failed");
  await expect(chat(id)).rejects.toMatchObject({ code: "plugin_not_ready" });
  expect((await database.data.plugins.find(id))?.desired).toBe("enabled");

  await database.data.plugins.update(id, { endpoint: await serveWell(type) });
  expect(await host.reconcile(id, { restart: true })).toMatchObject({ badge: "healthy", failure: null });
  expect(await chat(id)).toBe("You said hello");
  expect(await host.checkNow(neighbour)).toMatchObject({ badge: "healthy", reinitializations: 0 });
}

describe("an HTTP plugin that misbehaves while it is switched on", () => {
  const rows: Array<[FaultName, ErrorCode]> = [
    ["never-answers", "plugin_timeout"],
    ["headers-then-silence", "plugin_timeout"],
    ["closes-at-once", "plugin_connection_lost"],
    ["not-http", "plugin_invalid_response"],
    ["endless-body", "plugin_response_too_large"],
    ["gzip-bomb", "plugin_response_too_large"],
    ["truncated-json", "plugin_invalid_json"],
    ["deep-json", "plugin_invalid_json"],
    ["html-200", "plugin_wrong_content_type"],
    ["empty-200", "plugin_empty_response"],
    ["redirect-307", "plugin_redirect_refused"],
    ["unauthorized-401", "plugin_authentication_failed"],
    ["missing-404", "plugin_endpoint_missing"],
    ["error-500-guide", "plugin_provider_unavailable"],
    ["error-500-html", "plugin_error"],
    ["metadata-types", "plugin_invalid_response"],
  ];
  it.each(rows)("%s: %s, and is well again elsewhere", async (fault, code) => {
    await seeThrough("http", await serveHttpFault(fault), code);
  });
});

describe("a gRPC plugin that misbehaves while it is switched on", () => {
  const rows: Array<[GrpcFaultName, ErrorCode]> = [
    ["accepts-and-is-silent", "plugin_timeout"],
    ["never-answers", "plugin_timeout"],
    ["headers-then-silence", "plugin_timeout"],
    ["closes-at-once", "plugin_connection_lost"],
    ["resets", "plugin_connection_lost"],
    ["garbage-bytes", "plugin_wrong_content_type"],
    ["html-200", "plugin_wrong_content_type"],
    ["redirect", "plugin_wrong_content_type"],
    ["declares-a-gigabyte", "plugin_response_too_large"],
    ["gzip-bomb", "plugin_response_too_large"],
    ["garbage-message", "plugin_invalid_response"],
    ["no-message", "plugin_empty_response"],
    ["unauthenticated", "plugin_authentication_failed"],
    ["unimplemented", "plugin_endpoint_missing"],
    ["unavailable", "plugin_unreachable"],
    ["error-in-trailer", "plugin_rate_limited"],
    ["internal", "plugin_error"],
    ["metadata-no-name", "plugin_invalid_response"],
  ];
  it.each(rows)("%s: %s, and is well again elsewhere", async (fault, code) => {
    await seeThrough("grpc", await serveGrpcFault(fault), code);
  });
});

describe.each(["http", "grpc"] as const)("a plugin over %s", (type) => {
  const scheme = type === "grpc" ? "grpc" : "http";

  it("that is not there fails, and is found once it is, at the same place", async () => {
    const port = await freePort();
    const id = await register("Late", type, `${scheme}://127.0.0.1:${port}`);
    expect(await host.reconcile(id)).toMatchObject({
      badge: "failed",
      failure: { code: "plugin_unreachable" },
    });
    await serveWell(type, port);
    expect(await host.checkNow(id)).toMatchObject({ badge: "healthy", failure: null });
  });

  it("that went away is down with its code, and is initialised again when it is back", async () => {
    const told: unknown[] = [];
    const plugin = createPlugin({
      async initialize(config) {
        told.push(config);
      },
    });
    const serve = (port?: number) =>
      type === "grpc" ? serveGrpcPlugin(plugin, port ? { port } : {}) : servePlugin(plugin, port);
    const first = await serve();
    const id = await register("Restarted", type, first.endpoint);
    expect(await host.reconcile(id)).toMatchObject({ badge: "healthy" });
    await first.close();
    for (let check = 0; check < 3; check++) await host.checkNow(id);
    expect(host.status(id)).toMatchObject({ badge: "down", lifecycle: "ready" });
    expect(host.status(id).lastCheck?.error?.code).toMatch(/plugin_(unreachable|connection_lost)/);
    const second = await serve(first.port);
    closing.push(() => second.close());
    await host.checkNow(id);
    expect(await host.checkNow(id)).toMatchObject({ badge: "healthy", reinitializations: 1 });
    expect(told).toHaveLength(2);
  });

  it.each<[string, () => void, ErrorCode]>([
    [
      "says that its provider is away",
      () => {
        throw new AppError("plugin_provider_unavailable", "The provider is overloaded");
      },
      "plugin_provider_unavailable",
    ],
    [
      "breaks down in the middle",
      () => {
        throw new TypeError("'NoneType' object is not subscriptable");
      },
      "plugin_error",
    ],
    ["never finishes an answer", () => undefined, "plugin_stream_truncated"],
  ])("that is healthy and %s is ejected until a chat goes well", async (_case, end, code) => {
    let isBroken = true;
    const plugin = createPlugin({
      async *chat(request, signal) {
        if (!isBroken) return yield* PLAIN.chat(request, signal);
        yield delta("so far");
        end();
      },
    });
    const server = await (type === "grpc" ? serveGrpcPlugin(plugin) : servePlugin(plugin));
    closing.push(() => server.close());
    const neighbour = await register(NEIGHBOUR.name, NEIGHBOUR.type, await serveWell(NEIGHBOUR.type));
    const id = await register("Mute", type, server.endpoint);
    await Promise.all([host.reconcile(id), host.reconcile(neighbour)]);
    for (let turn = 1; turn <= 5; turn++) {
      expect(host.status(id).ejection).toBeNull();
      await expect(chat(id)).rejects.toMatchObject({ code });
      expect(await chat(neighbour)).toBe("You said hello");
    }
    expect(await host.checkNow(id)).toMatchObject({
      ...{ badge: "healthy", lifecycle: "ready", health: "up", failure: null },
      ejection: { failures: 5, error: { code, message: expect.stringContaining("127.0.0.1") } },
    });
    expect(host.status(neighbour)).toMatchObject({ badge: "healthy", ejection: null });
    isBroken = false;
    expect(await chat(id)).toBe("You said hello");
    expect(host.status(id).ejection).toBeNull();
  });

  it("that hangs at goodbye is off and gone all the same", async () => {
    const plugin = createPlugin({ cleanup: () => new Promise(() => undefined) });
    const server = await (type === "grpc" ? serveGrpcPlugin(plugin) : servePlugin(plugin));
    closing.push(() => server.close());
    const id = await register("Clinging", type, server.endpoint);
    await host.reconcile(id);
    await database.data.plugins.remove(id);
    expect(await host.reconcile(id)).toMatchObject({ badge: "disabled" });
    await expect(chat(id)).rejects.toMatchObject({ code: "plugin_disabled" });
  });
});
