import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { collect, textOf } from "../../test/contract-suite.ts";
import {
  startMisbehavingPlugin,
  type FaultName,
  type MisbehavingPlugin,
} from "../../test/misbehaving-plugin.ts";
import { isAppError, type ErrorCode } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import { createClock } from "../real-clock.ts";
import type { PluginClient } from "./client.ts";
import { createHttpClient, type HttpClientOptions } from "./http.ts";

const REQUEST: ChatRequest = { model: "m", messages: [{ role: "user", content: "hi" }], stream: true };
const PATIENT = { connectMs: 15_000, firstByteMs: 15_000, idleMs: 15_000, totalMs: 60_000, tailMs: 80 };

let plugin: MisbehavingPlugin;
const clients: PluginClient[] = [];
beforeAll(async () => {
  plugin = await startMisbehavingPlugin();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(() => plugin.close());

function connect(fault: FaultName, options: Partial<HttpClientOptions> = {}): PluginClient {
  const client = createHttpClient({
    endpoint: plugin.endpoint(fault),
    approvals: { isApproved: () => true },
    ownPort: () => 1,
    clock: createClock(),
    timeouts: PATIENT,
    ...options,
  });
  clients.push(client);
  return client;
}

/** What came, and how it ended. */
async function run(fault: FaultName, options?: Partial<HttpClientOptions>) {
  const seen: ChatChunk[] = [];
  const error: unknown = await collect(connect(fault, options).chat(REQUEST), seen).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error !== null && !isAppError(error)) throw new Error("expected an AppError", { cause: error });
  return {
    text: textOf(seen),
    chunks: seen,
    code: error?.code ?? null,
    message: error?.message ?? "",
    error,
  };
}

describe("a stream that goes wrong keeps what came and ends with its code", () => {
  const rows: Array<[FaultName, ErrorCode, string]> = [
    ["stream-cut", "plugin_stream_truncated", "Hello"],
    ["stream-half-frame", "plugin_stream_truncated", "Hello"],
    ["stream-no-finish", "plugin_stream_truncated", "Hello"],
    ["stream-empty", "plugin_stream_truncated", ""],
    ["stream-bad-json", "plugin_invalid_json", "Hello"],
    ["stream-wrong-types", "plugin_invalid_response", "Hello"],
    ["stream-error-object", "plugin_rate_limited", "Hello"],
    ["stream-error-guide", "plugin_content_filter", "Hello"],
    ["stream-error-event", "plugin_error", "Hello"],
    ["stream-error-field", "plugin_invalid_request", ""],
    ["stream-error-list", "plugin_rate_limited", ""],
    ["stream-error-bare", "plugin_rate_limited", ""],
    ["stream-error-problem", "plugin_rate_limited", ""],
    ["stream-error-detail", "plugin_error", ""],
    ["stream-only-done", "plugin_empty_response", ""],
    ["stream-countless", "plugin_response_too_large", "Hello"],
    ["stream-giant-frame", "plugin_response_too_large", "Hello"],
    ["stream-giant-event", "plugin_response_too_large", "Hello"],
    ["stream-html", "plugin_wrong_content_type", ""],
    ["ndjson-half-line", "plugin_stream_truncated", "Hello"],
    ["ndjson-bad-line", "plugin_invalid_json", "Hello"],
  ];

  it.each(rows)("%s → %s", async (fault, code, text) => {
    const outcome = await run(fault);
    expect(outcome).toMatchObject({ code, text });
    expect(outcome.message).toContain(`127.0.0.1:${plugin.port}`);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it.each([
    ["stream-error-field", "context too small"],
    ["stream-error-list", "exhausted"],
    ["stream-error-bare", "exhausted"],
    ["stream-error-problem", "Too many"],
    ["stream-error-detail", "not here"],
  ] as const)("%s says what went wrong: %s", async (fault, words) => {
    expect((await run(fault)).message).toContain(words);
  });

  it("silence in the middle is a timeout", async () => {
    const outcome = await run("stream-silence", { timeouts: { ...PATIENT, idleMs: 60 } });
    expect(outcome).toMatchObject({ code: "plugin_timeout", text: "Hello" });
    expect(outcome.message).toMatch(/fell silent/);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it("headers and no first byte are a timeout", async () => {
    const outcome = await run("stream-headers-only", { timeouts: { ...PATIENT, firstByteMs: 60 } });
    expect(outcome).toMatchObject({ code: "plugin_timeout" });
    expect(outcome.message).toMatch(/had not begun to answer/);
  });

  it("a stream without end is cut at the cap on all its bytes", async () => {
    const outcome = await run("stream-endless", { caps: { stream: 200_000 } });
    expect(outcome.code).toBe("plugin_response_too_large");
    expect(outcome.text.length).toBeGreaterThan(1_000);
  });

  it("a stream of events without anything in them is cut by their number", async () => {
    const { code, chunks } = await run("stream-of-nothing", { caps: { stream: 1_000_000 } });
    expect(code).toBe("plugin_response_too_large");
    expect(chunks.length).toBeLessThan(1_000_000 / 60);
  });

  it("a stream of nothing but comments is cut too", async () => {
    expect((await run("stream-endless-comments", { caps: { stream: 2_000_000 } })).code).toBe(
      "plugin_response_too_large",
    );
  });

  it("one that never ends is stopped by the total limit", async () => {
    const outcome = await run("stream-silence", { timeouts: { ...PATIENT, totalMs: 60 } });
    expect(outcome.code).toBe("plugin_timeout");
    expect(outcome.message).toMatch(/still answering/);
  });
});

describe("a stream may be written in several ways", () => {
  it.each([
    "stream-crlf",
    "stream-no-space",
    "stream-comments",
    "stream-done-flag",
    "stream-done-marker",
    "stream-multi-line",
    "stream-usage-after-finish",
    "stream-silence-after-finish",
    "stream-cut-after-finish",
    "stream-unfinished-last-line",
    "stream-gzip",
    "stream-message-frames",
    "stream-empty-data",
    "stream-bare-document",
    "ndjson",
  ] as const)("%s", async (fault) => {
    expect(await run(fault)).toMatchObject({ text: "Hello", code: null });
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it.each([
    ["stream-as-html", "text/html"],
    ["stream-as-text", "text/plain"],
    ["stream-as-json", "application/json"],
    ["stream-without-type", "missing"],
  ] as const)("%s, with a note about the content type", async (fault, mediaType) => {
    const { text, code, chunks } = await run(fault);
    expect({ text, code }).toEqual({ text: "Hello", code: null });
    expect(chunks.flatMap(({ notes = [] }) => notes)).toEqual([
      `the content type of the stream is ${mediaType}: text/event-stream is expected`,
    ]);
  });

  it("characters may be cut anywhere", async () => {
    expect(await run("stream-split-everywhere")).toMatchObject({ text: "Grüße 👋", code: null });
  });

  it("usage after the finish_reason is kept", async () => {
    const { chunks } = await run("stream-usage-after-finish");
    expect(chunks.at(-1)?.usage?.total_tokens).toBe(7);
  });
});

describe("a chat answered as a whole", () => {
  const rows: Array<[FaultName, ErrorCode]> = [
    ["never-answers", "plugin_timeout"],
    ["headers-then-silence", "plugin_timeout"],
    ["half-body-then-silence", "plugin_timeout"],
    ["closes-at-once", "plugin_connection_lost"],
    ["closes-in-the-body", "plugin_stream_truncated"],
    ["endless-body", "plugin_response_too_large"],
    ["gzip-bomb", "plugin_response_too_large"],
    ["truncated-json", "plugin_invalid_json"],
    ["deep-json", "plugin_invalid_json"],
    ["html-200", "plugin_wrong_content_type"],
    ["empty-200", "plugin_empty_response"],
    ["redirect-307", "plugin_redirect_refused"],
    ["unauthorized-401", "plugin_authentication_failed"],
    ["missing-404", "plugin_endpoint_missing"],
    ["model-missing-404", "plugin_model_not_found"],
    ["error-500-guide", "plugin_provider_unavailable"],
    ["error-in-200", "plugin_authentication_failed"],
    ["not-initialized", "plugin_not_initialized"],
    ["chat-no-choices", "plugin_invalid_response"],
    ["chat-nothing", "plugin_invalid_response"],
    ["chat-countless", "plugin_response_too_large"],
    ["chat-too-many-choices", "plugin_response_too_large"],
    ["chat-too-many-tools", "plugin_response_too_large"],
  ];

  it.each(rows)("%s → %s", async (fault, code) => {
    // Only who waits for a timeout is in haste: a busy machine is late with everything else.
    const haste = code === "plugin_timeout" ? { firstByteMs: 300, idleMs: 300 } : {};
    const timeouts = { ...PATIENT, ...haste };
    expect(await run(fault, { timeouts })).toMatchObject({ code });
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it("unusable token counts are unknown, not zero", async () => {
    const { chunks, code } = await run("chat-odd-usage");
    expect(code).toBeNull();
    expect(chunks).toHaveLength(1);
    expect(chunks[0]?.usage).toEqual({ completion_tokens: 2 });
    expect(chunks[0]?.done).toBe(true);
  });

  it("so are counts that no number holds exactly: the answer is kept all the same", async () => {
    const { chunks, code } = await run("chat-endless-usage");
    expect(code).toBeNull();
    expect(chunks[0]?.usage).toEqual({ completion_tokens: 2, cost_usd: 0.1 });
  });
});

it("holds the plugin back while nobody reads", async () => {
  const before = plugin.bytesWritten();
  const chunks = connect("stream-endless").chat(REQUEST)[Symbol.asyncIterator]();
  await chunks.next();
  await vi.waitFor(async () => {
    const written = plugin.bytesWritten();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(plugin.bytesWritten()).toBe(written);
  });
  // Kernel and stream buffers, not the 64 MB the cap would allow.
  expect(plugin.bytesWritten() - before).toBeLessThan(16 * 1024 * 1024);
  await chunks.return?.();
  await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
});
