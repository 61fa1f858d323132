import { gzipSync } from "node:zlib";
import type { Socket } from "node:net";
import { flood, head, LAST_PIECE, piece } from "./misbehaving-wire.ts";

const SSE = { "content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked" };
const NDJSON = { "content-type": "application/x-ndjson", "transfer-encoding": "chunked" };

/** JSON of one frame. */
const say = (content: string) => JSON.stringify({ id: "s", choices: [{ index: 0, delta: { content } }] });
const FINISH = JSON.stringify({ id: "s", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const USAGE = JSON.stringify({ id: "s", choices: [], usage: { total_tokens: 7 } });
const HELLO = `data: ${say("Hello")}\n\n`;

/** Writes the pieces of one stream and ends it well. */
function stream(pieces: Array<string | Buffer>, headers: Record<string, string> = SSE) {
  return (socket: Socket) => {
    socket.write(head(200, headers));
    for (const part of pieces) socket.write(piece(part));
    socket.write(LAST_PIECE);
  };
}

/** Writes the pieces and leaves the stream open. */
function openStream(pieces: Array<string | Buffer>, headers: Record<string, string> = SSE) {
  return (socket: Socket) => {
    socket.write(head(200, headers));
    for (const part of pieces) socket.write(piece(part));
  };
}

/** Faults and oddities of streamed chats. */
export const STREAM_FAULTS = {
  "stream-cut": (socket: Socket) => {
    socket.write(head(200, SSE));
    socket.write(piece(HELLO));
    setImmediate(() => socket.destroy());
  },
  "stream-countless": stream([HELLO, `data: {"choices":[${"{},".repeat(200_000)}{}]}\n\n`]),
  "stream-half-frame": stream([HELLO, 'data: {"choices": [{"del']),
  "stream-no-finish": stream([HELLO]),
  "stream-empty": stream([]),
  "stream-bad-json": stream([HELLO, "data: {oops}\n\n", `data: ${FINISH}\n\n`]),
  "stream-wrong-types": stream([HELLO, 'data: {"choices": [{"delta": {"content": 5}}]}\n\n']),
  "stream-silence": openStream([HELLO]),
  "stream-headers-only": openStream([]),
  "stream-error-object": stream([
    HELLO,
    'data: {"error": {"code": "rate_limit_exceeded", "message": "slow"}}\n\n',
  ]),
  "stream-error-guide": stream([
    HELLO,
    'data: {"code": "content_filter", "message": "no", "transient": false}\n\n',
  ]),
  "stream-error-event": stream([HELLO, "event: error\ndata: the provider hung up\n\n"]),
  "stream-giant-frame": openStream([HELLO, `data: ${"x".repeat(2 * 1024 * 1024)}`]),
  "stream-giant-event": openStream([HELLO, `data: ${"x".repeat(4_000)}\n`.repeat(600)]),
  "stream-endless": (socket: Socket) => {
    socket.write(head(200, SSE));
    flood(socket, piece(HELLO.repeat(500)));
  },
  "stream-of-nothing": (socket: Socket) => {
    socket.write(head(200, SSE));
    flood(socket, piece("data: {}\n\n".repeat(1_000)));
  },
  "stream-endless-comments": (socket: Socket) => {
    socket.write(head(200, SSE));
    flood(socket, piece(": ping\n\n".repeat(5_000)));
  },
  "stream-html": stream(["<html><title>Login</title></html>"], {
    "content-type": "text/html",
    "transfer-encoding": "chunked",
  }),
  "stream-as-html": stream([`${HELLO}data: ${FINISH}\n\n`], {
    "content-type": "text/html; charset=utf-8",
    "transfer-encoding": "chunked",
  }),
  "stream-as-text": stream([`event: message\n${HELLO}data: ${FINISH}\n\n`], {
    "content-type": "text/plain",
    "transfer-encoding": "chunked",
  }),
  "stream-as-json": stream([`${HELLO}data: ${FINISH}\n\n`], {
    "content-type": "application/json",
    "transfer-encoding": "chunked",
  }),
  "stream-without-type": stream([" \n", `: hi\n\n${HELLO}data: ${FINISH}\n\n`], {
    "transfer-encoding": "chunked",
  }),
  "stream-empty-data": stream(["data:\n\n", HELLO, "data: \n\n", `data: ${FINISH}\n\n`, "data:\n\n"]),
  "stream-bare-document": stream([
    '{"choices": [\n{"message": {"content": "He',
    'llo"}, "finish_reason": "stop"}\n]}\n',
  ]),
  "stream-error-field": stream([
    'error: {"code": 400, "message": "context too small"}\n\n',
    "data: [DONE]\n\n",
  ]),
  "stream-error-list": stream([
    'data: [{"error": {"code": 429, "message": "exhausted"}}]\n\n',
    "data: [DONE]\n\n",
  ]),
  "stream-error-bare": stream([
    '[{\n  "error": {\n    "code": 429,\n    "message": "exhau',
    'sted"\n  }\n}\n]\n\ndata: [DONE]\n\n',
  ]),
  "stream-error-problem": stream(['data: {"title": "Too many", "status": 429}\n\n', "data: [DONE]\n\n"]),
  "stream-error-detail": stream(['data: {"detail": "not here"}\n\n', "data: [DONE]\n\n"]),
  "stream-only-done": stream(["data: [DONE]\n\n"]),
  "stream-crlf": stream([`data: ${say("Hello")}\r\n\r\ndata: ${FINISH}\r\n\r\ndata: [DONE]\r\n\r\n`]),
  "stream-no-space": stream([`data:${say("Hello")}\n\ndata:${FINISH}\n\ndata:[DONE]\n\n`]),
  "stream-comments": stream([
    ": hi\n\n",
    `id: 1\nevent: message\nretry: 5\n${HELLO}`,
    ": still here\n\n",
    `data: ${FINISH}\n\n`,
  ]),
  "stream-done-flag": openStream([HELLO, `data: {"choices": [], "done": true}\n\n`]),
  "stream-done-marker": openStream([HELLO, "data: [DONE]\n\n"]),
  "stream-multi-line": stream([
    `data: {"choices": [{"delta":\ndata: {"content": "Hello"}, "finish_reason": "stop"}]}\n\n`,
  ]),
  "stream-usage-after-finish": stream([
    HELLO,
    `data: ${FINISH}\n\n`,
    `data: ${USAGE}\n\n`,
    "data: [DONE]\n\n",
  ]),
  "stream-silence-after-finish": openStream([HELLO, `data: ${FINISH}\n\n`]),
  "stream-cut-after-finish": (socket: Socket) => {
    socket.write(head(200, SSE));
    socket.write(piece(`${HELLO}data: ${FINISH}\n\n`));
    setImmediate(() => socket.destroy());
  },
  "stream-unfinished-last-line": stream([`${HELLO}data: ${FINISH}`]),
  "stream-split-everywhere": stream(
    [...Buffer.from(`data: ${say("Grüße 👋")}\n\ndata: ${FINISH}\n\n`)].map((byte) => Buffer.from([byte])),
  ),
  "stream-gzip": stream([gzipSync(`${HELLO}data: ${FINISH}\n\n`)], { ...SSE, "content-encoding": "gzip" }),
  "stream-message-frames": stream([
    'data: {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}\n\n',
  ]),
  ndjson: stream([`${say("Hello")}\n\n${FINISH}\n`], NDJSON),
  "ndjson-half-line": stream([`${say("Hello")}\n{"choices": [`], NDJSON),
  "ndjson-bad-line": stream([`${say("Hello")}\nnonsense\n`], NDJSON),
} as const;
