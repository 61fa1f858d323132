import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { collect, textOf } from "../../test/contract-suite.ts";
import { startFaultProxy, type FaultProxy, type Toxic } from "../../test/fault-proxy.ts";
import { serveGrpcPlugin } from "../../test/grpc-server.ts";
import { servePlugin } from "../../test/plugin-server.ts";
import { createSamplePlugin, delta } from "../../test/sample-plugin.ts";
import { isAppError, type AppError, type ErrorCode } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import { createClock } from "../real-clock.ts";
import type { PluginClient } from "./client.ts";
import { createGrpcClient } from "./grpc.ts";
import { createHttpClient } from "./http.ts";

const REQUEST: ChatRequest = { model: "small", messages: [{ role: "user", content: "hello" }], stream: true };
const MODELS = Array.from({ length: 1_000 }, (_, index) => ({ id: `model-${index}` }));
/** Long enough that toxics with a number of bytes hit in the middle. */
const WORDS = Array.from({ length: 200 }, (_, index) => `word ${index} `);
const TIMEOUTS = { connectMs: 500, metadataMs: 5_000, modelsMs: 5_000, healthMs: 400, idleMs: 400 };

const plugin = createSamplePlugin({
  models: () => Promise.resolve(MODELS),
  async *chat() {
    for (const word of WORDS) {
      yield delta(word);
      await new Promise(setImmediate);
    }
    yield { id: "c1", model: "small", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  },
});

const TRANSPORTS = {
  http: { serve: () => servePlugin(plugin), connect: createHttpClient },
  grpc: { serve: () => serveGrpcPlugin(plugin), connect: createGrpcClient },
};

describe.each(["http", "grpc"] as const)("%s over a faulty connection", (transport) => {
  let server: { port: number; close(): Promise<void> };
  let proxy: FaultProxy;
  let client: PluginClient;

  beforeEach(async () => {
    server = await TRANSPORTS[transport].serve();
    proxy = await startFaultProxy(server.port);
    client = TRANSPORTS[transport].connect({
      endpoint: `${transport}://127.0.0.1:${proxy.port}`,
      approvals: { isApproved: () => true },
      ownPort: () => 1,
      clock: createClock(),
      timeouts: TIMEOUTS,
    });
  });
  afterEach(async () => {
    await client.close();
    await proxy.close();
    await server.close();
  });

  const harmless: Array<[string, Toxic[]]> = [
    ["late", [{ kind: "latency", delayMs: 60, jitterMs: 40 }]],
    ["slow but within its deadline", [{ kind: "bandwidth", bytesPerSecond: 200_000 }]],
    ["in slices of 97 bytes", [{ kind: "slicer", bytes: 97 }]],
    [
      "in slices both ways, late",
      [
        { kind: "slicer", bytes: 11, direction: "up" },
        { kind: "slicer", bytes: 113 },
        { kind: "latency", delayMs: 20, direction: "up" },
      ],
    ],
    ["closed late", [{ kind: "slow-close", delayMs: 100 }]],
  ];
  it.each(harmless)("gives the same answers when they come %s", async (_, toxics) => {
    proxy.poison(...toxics);
    expect((await client.models()).value).toEqual(MODELS);
    expect(textOf(await collect(client.chat(REQUEST)))).toBe(WORDS.join(""));
  });

  it("says that nothing listens while the plugin is down, and speaks to it again when it is back", async () => {
    await client.health();
    await proxy.down();
    expect((await failureOf(client.metadata())).code).toBe("plugin_unreachable");
    await proxy.up();
    await vi.waitFor(async () => expect((await client.health()).value.healthy).toBe(true), 30_000);
  });

  const cuts: Toxic[] = [
    { kind: "reset", bytes: 4_000 },
    { kind: "limit", bytes: 4_000 },
  ];
  it.each(cuts)("names a list cut short by $kind a lost connection", async (toxic) => {
    proxy.poison(toxic);
    const error = await failureOf(client.models());
    expect(error.code).toBe<ErrorCode>("plugin_connection_lost");
    expect(error.message).toContain(`127.0.0.1:${proxy.port}`);
  });

  it.each(cuts)("names a stream cut short by $kind truncated, and keeps what came before", async (toxic) => {
    proxy.poison({ ...toxic });
    const heard: ChatChunk[] = [];
    const error = await failureOf(
      (async () => {
        for await (const chunk of client.chat(REQUEST)) heard.push(chunk);
      })(),
    );
    expect(error.code).toBe<ErrorCode>("plugin_stream_truncated");
    expect(heard.length).toBeGreaterThan(0);
    expect(WORDS.join("").startsWith(textOf(heard))).toBe(true);
  });

  it("names an answer that is swallowed a timeout", async () => {
    proxy.poison({ kind: "swallow" });
    expect((await failureOf(client.health())).code).toBe<ErrorCode>("plugin_timeout");
  });

  it("names a stream that falls silent on the way a timeout", async () => {
    const chunks = client.chat(REQUEST)[Symbol.asyncIterator]();
    proxy.poison({ kind: "bandwidth", bytesPerSecond: 20_000 });
    await chunks.next();
    proxy.poison({ kind: "swallow" });
    const error = await failureOf(
      (async () => {
        while ((await chunks.next()).done !== true);
      })(),
    );
    expect(error.code).toBe<ErrorCode>("plugin_timeout");
  });
});

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw new Error("expected an AppError", { cause: error });
  return error;
}
