import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Socket } from "node:net";
import { flood, head, piece, sendAnswer, sendJson } from "./misbehaving-wire.ts";

const MB = 1024 * 1024;
const HEALTHY = { healthy: true, message: "OK" };
const JSON_HEAD = { "content-type": "application/json", "transfer-encoding": "chunked" };

function health(extra: Record<string, unknown>) {
  return (socket: Socket) => sendJson(socket, 200, { ...HEALTHY, ...extra });
}

function metadata(extra: Record<string, unknown>) {
  return (socket: Socket) =>
    sendJson(socket, 200, { name: "Odd", version: "1.0.0", provider_type: "odd", ...extra });
}

function text(body: string | Buffer, headers: Record<string, string> = {}) {
  return (socket: Socket) => sendAnswer(socket, 200, body, headers);
}

function failure(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (socket: Socket) => sendJson(socket, status, body, headers);
}

/** Faults of single answers; most make no difference between paths. */
export const ANSWER_FAULTS = {
  "never-answers": () => undefined,
  "headers-then-silence": (socket: Socket) => socket.write(head(200, JSON_HEAD)),
  "half-body-then-silence": (socket: Socket) =>
    socket.write(head(200, { ...JSON_HEAD }) + piece('{"healthy":').toString()),
  "closes-at-once": (socket: Socket) => socket.destroy(),
  "closes-in-the-body": (socket: Socket) =>
    socket.end(
      `${head(200, { "content-type": "application/json", "content-length": "1000" })}{"healthy": true`,
    ),
  "not-http": (socket: Socket) => socket.end("220 mail.example.test ESMTP\r\n"),
  "giant-headers": (socket: Socket) => sendJson(socket, 200, HEALTHY, { "x-noise": "n".repeat(40_000) }),
  "declares-a-gigabyte": (socket: Socket) => {
    socket.write(head(200, { "content-type": "application/json", "content-length": String(1024 * MB) }));
    flood(socket, Buffer.alloc(64 * 1024, "a"));
  },
  "endless-body": (socket: Socket) => {
    socket.write(head(200, JSON_HEAD));
    flood(socket, piece(Buffer.alloc(64 * 1024, "a")));
  },
  "gzip-bomb": (socket: Socket) => {
    const member = gzipSync(Buffer.alloc(MB, " "));
    // 200 members of 1 MB each, 200 KB on the wire.
    const bomb = Buffer.concat(Array.from({ length: 200 }, () => member));
    sendAnswer(socket, 200, bomb, { "content-encoding": "gzip" });
  },
  "gzip-honest": (socket: Socket) =>
    sendAnswer(socket, 200, gzipSync(JSON.stringify(HEALTHY)), { "content-encoding": "gzip" }),
  "brotli-honest": (socket: Socket) =>
    sendAnswer(socket, 200, brotliCompressSync(JSON.stringify(HEALTHY)), { "content-encoding": "br" }),
  "gzip-damaged": text("this is not gzip", { "content-encoding": "gzip" }),
  "unknown-encoding": text("{}", { "content-encoding": "rot13" }),
  "truncated-json": text('{"healthy": true, "message": "OK'),
  "invalid-json": text("{'healthy': True}"),
  "nul-json": text(Buffer.from("\0\0\0\0")),
  "nul-inside-json": text('{"healthy": true, "message": "a\0b"}'),
  "utf16-json": text(Buffer.from(`\uFEFF${JSON.stringify(HEALTHY)}`, "utf16le")),
  "latin1-json": text(Buffer.from('{"healthy": true, "message": "caf\xe9"}', "latin1")),
  "deep-json": text("[".repeat(100_000) + "]".repeat(100_000)),
  "deep-object": text('{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)),
  "proto-json": text(
    '{"healthy": true, "__proto__": {"polluted": true}, "details": {"__proto__": {"polluted": true}}}',
  ),
  "html-200": text("<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head></html>", {
    "content-type": "text/html; charset=utf-8",
  }),
  "html-as-text": text("<html><body>hello</body></html>", { "content-type": "text/plain" }),
  "plain-text": text("OK", { "content-type": "text/plain" }),
  "json-as-text": text(JSON.stringify(HEALTHY), { "content-type": "text/plain" }),
  // What `json.dumps` in Flask and `send(JSON.stringify())` in Express make of it.
  "json-as-html": text(JSON.stringify(HEALTHY), { "content-type": "text/html; charset=utf-8" }),
  "no-content": (socket: Socket) => socket.write(head(204, {})),
  "empty-200": text(""),
  "redirect-301": failure(301, {}, { location: "https://elsewhere.test/health" }),
  "redirect-302": failure(302, {}, { location: "/login" }),
  "redirect-307": failure(307, {}, { location: "http://169.254.169.254/latest/meta-data" }),
  "redirect-308": failure(308, {}),
  "unauthorized-401": failure(401, { code: "authentication_failed", message: "Invalid API key format" }),
  "forbidden-403": failure(403, {}),
  "missing-404": failure(404, { detail: "Not Found" }),
  "missing-404-guide": failure(404, { code: "invalid_request", message: "No such path" }),
  "model-missing-404": failure(404, { code: "model_not_found", message: "No such model" }),
  "rate-limited-guide": failure(429, {
    code: "rate_limit_exceeded",
    message: "Slow down",
    transient: true,
    details: { retry_after: 60, limit: 1000, remaining: 0 },
  }),
  "rate-limited-header": failure(429, {}, { "retry-after": "17" }),
  "error-500-guide": failure(500, {
    code: "provider_unavailable",
    message: "upstream is down",
    transient: true,
  }),
  "error-500-empty": (socket: Socket) => sendAnswer(socket, 500, ""),
  "error-500-html": (socket: Socket) =>
    sendAnswer(
      socket,
      500,
      "<html><head><title>Internal Server Error</title></head><body>Traceback…</body></html>",
      {
        "content-type": "text/html",
      },
    ),
  "error-500-text": (socket: Socket) =>
    sendAnswer(socket, 500, "ValueError: \x1b[31mboom\x1b[0m\n", { "content-type": "text/plain" }),
  "error-openai": failure(429, {
    error: {
      message: "You exceeded your current quota",
      type: "insufficient_quota",
      code: "insufficient_quota",
    },
  }),
  "error-openai-string": failure(500, { error: "something broke" }),
  "error-fastapi": failure(400, { detail: "Field api_key is required" }),
  "error-fastapi-list": failure(422, {
    detail: [{ loc: ["body", "model"], msg: "Field required", type: "missing" }],
  }),
  "error-rfc9457": failure(
    403,
    {
      type: "https://example.test/probs/out-of-credit",
      title: "You do not have enough credit.",
      status: 403,
    },
    {
      "content-type": "application/problem+json",
    },
  ),
  "error-in-200": failure(200, { code: "authentication_failed", message: "bad key" }),
  "error-unknown-code": failure(418, { code: "teapot", message: "short and stout" }),
  "not-initialized": failure(400, { code: "invalid_request", message: "Plugin is not initialized" }),
  "error-never-ends": (socket: Socket) => {
    socket.write(head(500, JSON_HEAD));
    flood(socket, piece(Buffer.alloc(64 * 1024, "e")));
  },
  "health-503": failure(503, { healthy: false, message: "no connection to the provider" }),
  "health-503-healthy": failure(503, HEALTHY),
  "health-status-ok": failure(200, { status: "ok" }),
  "health-text-true": health({ healthy: "true" }),
  "health-list": failure(200, [HEALTHY]),
  "health-capitals": failure(200, { Healthy: true, Message: "OK", LatencyMs: 4 }),
  "latency-text": health({ latency_ms: "fast" }),
  "latency-negative": health({ latency_ms: -5 }),
  "latency-huge": text('{"healthy": true, "latency_ms": 1e300}'),
  "latency-infinite": text('{"healthy": true, "latency_ms": 1e999}'),
  "latency-with-point": text('{"healthy": true, "latency_ms": 5.0}'),
  "timestamp-1970": health({ timestamp: "1970-01-01T00:00:00Z" }),
  "timestamp-2100": health({ timestamp: "2100-01-01T00:00:00Z" }),
  "timestamp-naive": health({ timestamp: "2026-01-21T10:00:00.123456" }),
  "timestamp-garbage": health({ timestamp: "yesterday" }),
  "metadata-types": metadata({ capabilities: { streaming: "yes" } }),
  "metadata-several": failure(200, {
    name: 5,
    version: "1.0.0",
    config_schema: [{ name: "", type: "string" }],
  }),
  "metadata-no-name": failure(200, { version: "1.0.0", provider_type: "odd" }),
  "metadata-go-keys": failure(200, {
    Name: "Odd",
    Version: "1.0.0",
    ProviderType: "odd",
    homepage: null,
    ConfigSchema: [{ Name: "key", Type: "string", Validation: { MinLength: 3 } }],
  }),
  "metadata-extra": metadata({ mood: "sunny" }),
  "models-wrapped": failure(200, { object: "list", data: [{ id: "a" }] }),
  "models-fraction": failure(200, [{ id: "a", context_window: 8192.5 }]),
  /** Few bytes each, and far more of them than anybody has. */
  "models-countless": text(`[${"{},".repeat(200_000)}{}]`),
  "models-too-many": text(JSON.stringify(Array.from({ length: 20_001 }, (_, index) => `m${index}`))),
  "metadata-too-many-fields": text(
    `{"name":"Odd","version":"1","provider_type":"odd","config_schema":[${"{},".repeat(2_000)}{}]}`,
  ),
  "models-per-thousand": failure(200, [
    { id: "cheap", cost_per_mtoken: 0.002 },
    { id: "fair", cost_per_mtoken: 2 },
    { id: "free", cost_per_mtoken: 0 },
  ]),
  "models-no-id": failure(200, [{ id: "" }, { description: "nameless" }]),
  "hints-first": (socket: Socket) => {
    socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n");
    sendJson(socket, 200, HEALTHY);
  },
  upgrades: (socket: Socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"),
  /** A complete second answer that nobody asked for, right after the first and again a moment later. */
  "answers-unasked": (socket: Socket) => {
    sendJson(socket, 200, HEALTHY, { connection: "keep-alive" });
    const stray = () => {
      if (!socket.destroyed)
        sendJson(socket, 200, { healthy: false, message: "stray" }, { connection: "keep-alive" });
    };
    stray();
    setImmediate(stray);
  },
  "echoes-configuration": failure(400, {
    code: "invalid_request",
    message: "cannot use sk-canary-0123456789 here: canary-value-42",
  }),
  "chat-no-choices": failure(200, { id: "x", choices: [] }),
  "chat-nothing": failure(200, {}),
  /** Far within the cap on bytes, and seconds of work to check one by one. */
  "chat-countless": text(`{"choices":[${"{},".repeat(300_000)}{}]}`),
  "chat-too-many-choices": text(`{"choices":[${"{},".repeat(128)}{}]}`),
  "chat-too-many-tools": text(
    `{"choices":[{"message":{"tool_calls":[${"{},".repeat(1_000)}{}]},"finish_reason":"stop"}]}`,
  ),
  "chat-odd-usage": failure(200, {
    choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: -1, completion_tokens: 2.0, total_tokens: "3" },
  }),
  "chat-endless-usage": failure(200, {
    choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1e300, completion_tokens: 2, total_tokens: 2 ** 53, cost_usd: 0.1 },
  }),
} as const;
