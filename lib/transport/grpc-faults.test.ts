import { afterEach, describe, expect, it, vi } from "vitest";
import { collect, textOf } from "../../test/contract-suite.ts";
import {
  startMisbehavingGrpc,
  type GrpcFaultName,
  type MisbehavingGrpc,
} from "../../test/misbehaving-grpc.ts";
import { AMPLE, HASTY } from "../../test/timeouts.ts";
import { isAppError, type AppError, type ErrorCode } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import { createClock } from "../real-clock.ts";
import type { PluginClient } from "./client.ts";
import { createGrpcClient, type GrpcClientOptions } from "./grpc.ts";

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(
  fault: GrpcFaultName,
  options: Partial<GrpcClientOptions> = {},
): Promise<{ client: PluginClient; plugin: MisbehavingGrpc }> {
  const plugin = await startMisbehavingGrpc(fault);
  cleanups.push(() => plugin.close());
  const client = createGrpcClient({
    endpoint: plugin.endpoint,
    approvals: { isApproved: () => true },
    ownPort: () => 1,
    clock: createClock(),
    timeouts: AMPLE,
    ...options,
  });
  cleanups.push(() => client.close());
  return { client, plugin };
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw new Error("expected an AppError", { cause: error });
  return error;
}

type ShortCall = "metadata" | "health" | "models" | "initialize" | "cleanup";
function call(client: PluginClient, name: ShortCall): Promise<{ value: unknown; warnings: string[] }> {
  return name === "initialize" ? client.initialize({}) : client[name]();
}

const REQUEST: ChatRequest = { model: "m", messages: [{ role: "user", content: "hi" }], stream: true };

describe("a fault has its code and names the plugin", () => {
  const rows: Array<[GrpcFaultName, ShortCall, ErrorCode, RegExp]> = [
    ["closes-at-once", "health", "plugin_connection_lost", /closed the connection/],
    ["garbage-bytes", "health", "plugin_wrong_content_type", /not HTTP\/2/],
    ["ssh-banner", "health", "plugin_wrong_content_type", /not HTTP\/2/],
    ["http-1", "metadata", "plugin_wrong_content_type", /not HTTP\/2/],
    ["html-200", "metadata", "plugin_wrong_content_type", /text\/html, which is not gRPC/],
    ["html-404", "metadata", "plugin_wrong_content_type", /404|text\/html/],
    ["bare-503", "health", "plugin_wrong_content_type", /HTTP status 503/],
    ["redirect", "health", "plugin_wrong_content_type", /HTTP status 302/],
    ["resets", "health", "plugin_connection_lost", /broke the call off/],
    ["refuses", "health", "plugin_connection_lost", /broke the call off/],
    ["goaway", "health", "plugin_connection_lost", /broke the call off/],
    ["polite-goaway", "health", "plugin_connection_lost", /broke the call off/],
    ["drops-the-connection", "health", "plugin_connection_lost", /broke the call off/],
    ["no-status", "health", "plugin_connection_lost", /broke the call off/],
    ["giant-headers", "health", "plugin_response_too_large", /16 KB of metadata/],
    ["giant-trailers", "health", "plugin_response_too_large", /16 KB of metadata/],
    ["enormous-headers", "health", "plugin_response_too_large", /16 KB of metadata/],
    ["compressed-unannounced", "health", "plugin_invalid_response", /damaged/],
    ["compressed-oddly", "health", "plugin_invalid_response", /damaged/],
    ["gzip-damaged", "health", "plugin_invalid_response", /damaged/],
    ["garbage-message", "health", "plugin_invalid_response", /no Health message of plugin.proto/],
    ["deep-message", "health", "plugin_invalid_response", /no Health message/],
    ["no-message", "health", "plugin_empty_response", /without a message/],
    ["ok-without-anything", "models", "plugin_empty_response", /without a message/],
    ["two-messages", "metadata", "plugin_invalid_response", /GetMetadata with more than one message/],
    ["two-messages", "models", "plugin_invalid_response", /GetModels with more than one message/],
    [
      "two-messages-then-silence",
      "health",
      "plugin_invalid_response",
      /HealthCheck with more than one message/,
    ],
    ["two-messages-then-silence", "initialize", "plugin_invalid_response", /more than one message/],
    ["two-messages-then-silence", "cleanup", "plugin_invalid_response", /more than one message/],
    ["message-then-error", "health", "plugin_error", /HealthCheck with INTERNAL: second thoughts/],
    ["error-trailer-with-ok", "models", "plugin_rate_limited", /GetModels with OK: Slow down/],
    ["unimplemented", "metadata", "plugin_endpoint_missing", /unknown service/],
    ["models-unimplemented", "models", "plugin_endpoint_missing", /GetModels with UNIMPLEMENTED/],
    ["unauthenticated", "initialize", "plugin_authentication_failed", /Invalid API key format/],
    ["permission-denied", "initialize", "plugin_authentication_failed", /PERMISSION_DENIED/],
    ["invalid-argument", "initialize", "plugin_invalid_request", /region is unknown/],
    ["not-initialized", "models", "plugin_not_initialized", /not initialized/],
    ["not-found", "models", "plugin_error", /NOT_FOUND/],
    ["exhausted", "models", "plugin_rate_limited", /Quota used up/],
    ["deadline", "models", "plugin_timeout", /DEADLINE_EXCEEDED/],
    ["unavailable", "models", "plugin_unreachable", /UNAVAILABLE: upstream connect error/],
    ["aborted", "models", "plugin_error", /ABORTED/],
    ["cancelled", "models", "plugin_error", /CANCELLED/],
    ["internal", "models", "plugin_error", /ValueError/],
    ["unknown-silent", "models", "plugin_error", /with UNKNOWN\./],
    ["unknown-status", "models", "plugin_error", /with status 99, which gRPC does not have: short and stout/],
    ["negative-status", "models", "plugin_error", /with status -1, which gRPC does not have\.$/],
    ["fractional-status", "health", "plugin_error", /with a status that is no whole number\.$/],
    ["endless-status", "models", "plugin_error", /with a status that is no whole number\.$/],
    ["status-in-words", "models", "plugin_error", /with a status that is no whole number: short and stout/],
    ["unknown-status-error-in-trailer", "models", "plugin_rate_limited", /with status 17, .*: Slow down/],
    ["error-in-trailer", "models", "plugin_rate_limited", /Slow down/],
    ["error-trailer-unknown-code", "models", "plugin_authentication_failed", /short and stout/],
    ["error-trailer-garbage", "models", "plugin_unreachable", /broken/],
    ["metadata-no-name", "metadata", "plugin_invalid_response", /name/],
    ["models-no-id", "models", "plugin_invalid_response", /none of its 2 models can be read/],
    ["models-countless", "models", "plugin_response_too_large", /more than 25,000 fields/],
  ];

  it("a list of models that is too long is read as far as it is useful", async () => {
    const { client } = await connect("models-too-many");
    const { value, warnings } = await client.models();
    expect(value).toHaveLength(20_000);
    expect(warnings).toContain("the list has 20,001 models, and the first 20,000 are read");
  });

  it.each(rows)("%s on %s → %s", async (fault, name, code, message) => {
    const { client, plugin } = await connect(fault);
    const error = await failureOf(call(client, name));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message).toContain(`127.0.0.1:${plugin.port}`);
    expect(error.extras.hint).toBeTruthy();
    // One printable line, whatever was sent.
    expect(error.message).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(error.message.length).toBeLessThan(600);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });
});

describe("silence", () => {
  const rows: Array<[GrpcFaultName, ShortCall]> = [
    ["accepts-and-is-silent", "metadata"],
    ["never-answers", "health"],
    ["never-answers", "models"],
    ["never-answers", "initialize"],
    ["never-answers", "cleanup"],
    ["headers-then-silence", "health"],
    ["half-message-then-silence", "models"],
  ];

  it.each(rows)("%s on %s ends at the deadline and destroys the socket", async (fault, name) => {
    const { client, plugin } = await connect(fault, { timeouts: HASTY });
    const error = await failureOf(call(client, name));
    expect(error.code).toBe("plugin_timeout");
    expect(error.message).toContain("60 ms");
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it("leaves no descriptor behind after a hundred of them", async () => {
    const { client, plugin } = await connect("never-answers", { timeouts: HASTY });
    const before = openSocketsHere();
    const failures = await Promise.all(Array.from({ length: 100 }, () => failureOf(client.health())));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(["plugin_timeout"]));
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
    await vi.waitFor(() => expect(openSocketsHere()).toBeLessThanOrEqual(before));
  });
});

function openSocketsHere(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

describe("size", () => {
  it("refuses a declared gigabyte, with both numbers, without reading it", async () => {
    const { client, plugin } = await connect("declares-a-gigabyte");
    const error = await failureOf(client.models());
    expect(error.code).toBe("plugin_response_too_large");
    expect(error.message).toContain("1,073,741,824 bytes");
    expect(error.message).toContain("2 MB");
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
    // What the kernel's buffers swallowed, and no more.
    expect(plugin.bytesWritten()).toBeLessThan(16 * 1024 * 1024);
  });

  it.each([
    ["health", "64 KB"],
    ["metadata", "256 KB"],
    ["models", "2 MB"],
    ["initialize", "64 KB"],
    ["cleanup", "64 KB"],
  ] as const)("cuts a compressed bomb on %s at %s of decoded bytes", async (name, cap) => {
    const { client } = await connect("gzip-bomb");
    const error = await failureOf(call(client, name));
    expect(error.code).toBe("plugin_response_too_large");
    expect(error.message).toContain(cap);
  });

  it("refuses to send more than a message holds", async () => {
    const { client } = await connect("never-answers");
    const error = await failureOf(client.initialize({ text: "x".repeat(5 * 1024 * 1024) }));
    expect(error.code).toBe("plugin_invalid_request");
    expect(error.message).toMatch(/5,242,\d+ bytes.*4 MB/);
  });
});

describe("what a plugin says about its failure is kept", () => {
  it("code, transient and retry_after of the trailer", async () => {
    const { client } = await connect("error-in-trailer");
    const { extras } = await failureOf(client.models());
    expect(extras.plugin).toMatchObject({
      code: "rate_limit_exceeded",
      transient: true,
      retryAfterSeconds: 60,
      limit: 10,
      remaining: 0,
    });
  });

  it("the name of a bare status", async () => {
    const { client } = await connect("permission-denied");
    expect((await failureOf(client.models())).extras.plugin).toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it.each([
    ["unknown-status", { code: "99", excerpt: "short and stout" }],
    ["status-in-words", { excerpt: "short and stout" }],
  ] as const)(
    "and of %s nothing that it did not say: no name, not whether it passes",
    async (fault, said) => {
      const { client } = await connect(fault);
      const { extras } = await failureOf(client.models());
      expect(extras.plugin).toEqual(said);
      expect(extras.hint).toContain("0 (OK) to 16");
    },
  );

  it("an error beside status OK counts for nothing when the answer is missing", async () => {
    const { client } = await connect("error-trailer-with-ok");
    await expect(client.models()).rejects.toMatchObject({ code: "plugin_rate_limited" });
  });
});

describe("lenient reading", () => {
  it("takes health without healthy for down", async () => {
    const { client } = await connect("health-absent");
    const { value } = await client.health();
    expect(value).toMatchObject({ healthy: false, message: expect.stringMatching(/no healthy field.*fine/) });
  });

  it.each([
    ["latency-negative", /latency_ms must be a number.*not -5/],
    ["latency-infinite", /latency_ms/],
    ["timestamp-1970", /clock is \d+ s behind ours/],
    ["timestamp-naive", /no time zone/],
  ] as const)("%s is up, with a warning", async (fault, warning) => {
    const { client } = await connect(fault);
    const { value, warnings } = await client.health();
    expect(value.healthy).toBe(true);
    expect(warnings.join("\n")).toMatch(warning);
  });

  it("is content with status OK from initialize and cleanup, message or not", async () => {
    const { client } = await connect("ok-without-anything");
    await expect(client.initialize({})).resolves.toMatchObject({ value: null });
    await expect(client.cleanup()).resolves.toMatchObject({ value: null });
  });

  it("keeps unknown fields", async () => {
    const { client } = await connect("metadata-extra");
    expect((await client.metadata()).value).toHaveProperty("mood", "sunny");
  });
});

describe("chats", () => {
  const HASTY_CHAT = { firstByteMs: 100, idleMs: 100, tailMs: 100 };
  const rows: Array<[GrpcFaultName, ErrorCode, string]> = [
    ["never-answers", "plugin_timeout", ""],
    ["stream-silent-at-once", "plugin_timeout", ""],
    ["stream-falls-silent", "plugin_timeout", "so far"],
    ["stream-without-finish", "plugin_stream_truncated", "so far"],
    ["stream-cut", "plugin_stream_truncated", "so far"],
    ["stream-cut-in-a-message", "plugin_stream_truncated", "so far"],
    ["stream-reset", "plugin_stream_truncated", "so far"],
    ["stream-garbage", "plugin_invalid_response", "so far"],
    ["stream-big-message", "plugin_response_too_large", "so far"],
    ["stream-error-in-trailer", "plugin_quota_exceeded", "so far"],
    ["stream-error-without", "plugin_error", "so far"],
    ["unimplemented", "plugin_endpoint_missing", ""],
    ["unauthenticated", "plugin_authentication_failed", ""],
    ["not-found", "plugin_model_not_found", ""],
    ["error-in-trailer", "plugin_rate_limited", ""],
    ["html-200", "plugin_wrong_content_type", ""],
    ["http-1", "plugin_wrong_content_type", ""],
    ["drops-the-connection", "plugin_connection_lost", ""],
    ["ok-without-anything", "plugin_stream_truncated", ""],
  ];

  it.each(rows)("%s → %s", async (fault, code, said) => {
    // Only who waits for a timeout is in haste: a busy machine is late with everything else.
    const haste = code === "plugin_timeout" ? HASTY_CHAT : {};
    const { client, plugin } = await connect(fault, { timeouts: { ...AMPLE, ...haste } });
    const seen: ChatChunk[] = [];
    const error = await failureOf(collect(client.chat(REQUEST), seen));
    expect(error.code).toBe(code);
    expect(textOf(seen)).toBe(said);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it.each(["stream-cut-after-finish", "stream-silent-after-finish"] as const)(
    "%s is complete all the same",
    async (fault) => {
      const { client, plugin } = await connect(fault, { timeouts: { ...AMPLE, tailMs: 100 } });
      expect(textOf(await collect(client.chat(REQUEST)))).toBe("so far");
      await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
    },
  );

  it("two-whole-chats → plugin_invalid_response", async () => {
    const { client } = await connect("two-whole-chats");
    const error = await failureOf(collect(client.chat({ ...REQUEST, stream: false })));
    expect(error).toMatchObject({
      code: "plugin_invalid_response",
      message: expect.stringContaining("answered CreateChatCompletion with more than one message"),
    });
  });

  it("cuts an endless stream of messages without anything in them, however long the answer may take", async () => {
    const { client, plugin } = await connect("stream-of-nothing");
    const seen: ChatChunk[] = [];
    const error = await failureOf(collect(client.chat(REQUEST), seen));
    expect(error.code).toBe("plugin_response_too_large");
    expect(seen.length).toBeLessThan(20_000);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it("cuts a stream without end at the cap on all its bytes", async () => {
    const { client, plugin } = await connect("stream-endless", { caps: { stream: 1024 * 1024 } });
    const error = await failureOf(collect(client.chat(REQUEST)));
    expect(error).toMatchObject({
      code: "plugin_response_too_large",
      message: expect.stringContaining("1 MB"),
    });
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it("reads no faster than its consumer, and ends it for good", async () => {
    const { client, plugin } = await connect("stream-endless");
    for await (const chunk of client.chat(REQUEST)) {
      expect(chunk.choices).toHaveLength(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      break;
    }
    expect(plugin.bytesWritten()).toBeLessThan(16 * 1024 * 1024);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });
});
