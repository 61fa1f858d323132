import { once } from "node:events";
import {
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { isAppError } from "../lib/contract/error.ts";
import type { ChatChunk, ChatRequest } from "../lib/contract/protocol.ts";
import { createClock } from "../lib/real-clock.ts";
import type { PluginClient } from "../lib/transport/client.ts";
import { createGrpcClient } from "../lib/transport/grpc.ts";
import { encodeMessage, ERROR_TRAILER } from "../lib/transport/grpc-schema.ts";
import { createHttpClient } from "../lib/transport/http.ts";
import { frame } from "./misbehaving-grpc-wire.ts";
import { head, LAST_PIECE, piece } from "./misbehaving-wire.ts";

/** The secret that every plugin here was told, and puts wherever it can. */
const CANARY = "sk-Canary-7f3A9c2d-0451";

/** What came of it. */
export interface AnswerFuzzReport {
  runs: number;
  /** Calls that were answered well. */
  answered: number;
  /** Failures by code. */
  codes: Record<string, number>;
  /** What was thrown that is no failure of the plugin, at most ten. */
  crashes: string[];
  /** Where the secret was seen, at most ten. */
  leaks: string[];
  /** Calls that outlived every deadline. */
  hangs: number;
  /** The longest call, ms. */
  longestMs: number;
}

interface AnswerFuzzOptions {
  runs: number;
  seed: number;
  /** How many calls are under way at once. */
  concurrency?: number;
  onProgress?(done: number): void;
}

/** Long for an answer that comes at once, on a busy machine too. */
const DEADLINE_MS = 5_000;
const TIMEOUTS = {
  connectMs: DEADLINE_MS,
  metadataMs: DEADLINE_MS,
  modelsMs: DEADLINE_MS,
  healthMs: DEADLINE_MS,
  initializeMs: DEADLINE_MS,
  cleanupMs: DEADLINE_MS,
  firstByteMs: DEADLINE_MS,
  idleMs: DEADLINE_MS,
  totalMs: DEADLINE_MS,
  tailMs: DEADLINE_MS,
};
/** Past every deadline, and past whatever else the machine does. */
const HANG_MS = 60_000;

/** Calls a plugin whose answers (HTTP, event streams, gRPC messages, headers and trailers) are mutations of right ones. */
export async function fuzzAnswers(options: AnswerFuzzOptions): Promise<AnswerFuzzReport> {
  const { runs, seed, concurrency = 16, onProgress } = options;
  const random = createRandom(seed);
  const http = await serveHttp(random);
  const grpc = await serveGrpc(random);
  const common = {
    approvals: { isApproved: () => true },
    ownPort: () => 1,
    clock: createClock(),
    timeouts: TIMEOUTS,
  };
  const clients = [
    createHttpClient({ ...common, endpoint: `http://127.0.0.1:${http.port}`, sensitiveFields: ["api_key"] }),
    createGrpcClient({ ...common, endpoint: `grpc://127.0.0.1:${grpc.port}`, sensitiveFields: ["api_key"] }),
  ];
  for (const client of clients) client.redact([CANARY]);
  const report: AnswerFuzzReport = {
    runs: 0,
    answered: 0,
    codes: {},
    crashes: [],
    leaks: [],
    hangs: 0,
    longestMs: 0,
  };

  async function work(): Promise<void> {
    while (report.runs < runs) {
      report.runs += 1;
      if (report.runs % 10_000 === 0) onProgress?.(report.runs);
      // gRPC takes several times as long.
      const client = clients[report.runs % 4 === 0 ? 1 : 0] as PluginClient;
      await callOnce(client, random, report);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all([http.close(), grpc.close()]);
  return report;
}

const REQUEST: ChatRequest = { model: "m", messages: [{ role: "user", content: "hi" }] };

type Asking = (client: PluginClient) => Promise<unknown>;
const CALLS: Asking[] = [
  (client) => client.health(),
  (client) => client.models(),
  (client) => client.metadata(),
  (client) => client.initialize({ api_key: CANARY }),
  (client) => readAll(client.chat({ ...REQUEST, stream: true })),
  (client) => readAll(client.chat({ ...REQUEST, stream: true })),
  (client) => readAll(client.chat({ ...REQUEST, stream: false })),
];

async function callOnce(client: PluginClient, random: Random, report: AnswerFuzzReport): Promise<void> {
  const startedAt = performance.now();
  let hang: NodeJS.Timeout | undefined;
  const isLate = new Promise<"late">((resolve) => (hang = setTimeout(() => resolve("late"), HANG_MS)));
  try {
    const answer = await Promise.race([random.pick(CALLS)(client), isLate]);
    if (answer === "late") report.hangs += 1;
    else report.answered += 1;
    note(report.leaks, holdsSecret(answer) ? JSON.stringify(answer) : null);
  } catch (error) {
    const code = isAppError(error) ? error.code : "no AppError";
    report.codes[code] = (report.codes[code] ?? 0) + 1;
    const isCrash =
      !isAppError(error) || error.code === "internal_error" || /cannot be read\.$/.test(error.message);
    note(report.crashes, isCrash ? describe(error) : null);
    note(
      report.leaks,
      isAppError(error) && holdsSecret(error.toInfo()) ? JSON.stringify(error.toInfo()) : null,
    );
  } finally {
    clearTimeout(hang);
    report.longestMs = Math.max(report.longestMs, performance.now() - startedAt);
  }
}

function note(list: string[], text: string | null): void {
  if (text !== null && list.length < 10) list.push(text.slice(0, 600));
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` <- ${error.cause.stack}` : "";
  return `${error instanceof Error ? error.stack : String(error)}${cause}`;
}

/** Whole, as it is or in small letters, as hosts are written. The words of a stream are looked at together: a secret may be cut in two. */
function holdsSecret(answer: unknown): boolean {
  const words = Array.isArray(answer)
    ? (answer as ChatChunk[]).map(({ choices }) => choices?.[0]?.delta?.content ?? "").join("")
    : "";
  const text = `${JSON.stringify(answer)}${words}`;
  return text.includes(CANARY) || text.includes(CANARY.toLowerCase());
}

async function readAll(chunks: AsyncIterable<ChatChunk>): Promise<ChatChunk[]> {
  const all: ChatChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

interface Random {
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: <T>(list: readonly T[]) => list[below(list.length)] as T };
}

/** What mutations put in: ends of lines, brackets, numbers at the edge, framing of every kind, and the secret. */
const SNIPPETS = [
  ...[
    "\r\n",
    "\n\n",
    "\r",
    "\0",
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "\\",
    "\\u0000",
    "\ufeff",
    "\u202e",
    "null",
  ],
  ...[
    "-1",
    "1e999",
    "9007199254740993",
    "data:",
    "data: [DONE]\n\n",
    "event: error\n",
    "error: {",
    '{"error":',
  ],
  ...["<think>", "</think>", '"tool_calls":[{}]', '"choices":', '"delta":', "Content-Length: 3\r\n"],
  ...[
    "Transfer-Encoding: chunked\r\n",
    `Location: http://${CANARY}.evil.test/\r\n`,
    `Content-Encoding: ${CANARY}\r\n`,
  ],
  ...[
    `Retry-After: ${CANARY}\r\n`,
    CANARY,
    CANARY.toLowerCase(),
    "HTTP/1.1 429 Too Many\r\n",
    "é",
    "\xff\xfe",
  ],
].map((text) => Buffer.from(text, "latin1"));

function mutate(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let times = random.below(4); times > 0; times -= 1) result = mutateOnce(result, random);
  return result;
}

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const until = Math.min(bytes.length, at + random.below(24));
  switch (random.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(until)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, until), bytes.subarray(at)]);
    case 3:
      return bytes.subarray(0, at);
    default:
      return Buffer.concat([bytes.subarray(0, at), random.pick(SNIPPETS), bytes.subarray(at)]);
  }
}

const CHUNK = { id: "c", choices: [{ index: 0, delta: { content: `the key ${CANARY}` } }] };
const CALL = { index: 0, id: "a", function: { name: "f", arguments: `{"key":"${CANARY}"}` } };
const CHUNKS: object[] = [
  { id: "c", choices: [{ index: 0, delta: { role: "assistant", content: CANARY.slice(0, 9) } }] },
  { id: "c", choices: [{ index: 0, delta: { content: CANARY.slice(9), reasoning: CANARY } }] },
  CHUNK,
  { id: "c", choices: [{ index: 0, delta: { tool_calls: [CALL] } }] },
  { id: "c", choices: [{ index: 0, delta: { content: [{ type: "text", text: CANARY }] } }] },
  { id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { total_tokens: 7 } },
];
const WHOLE = {
  id: "c",
  choices: [{ index: 0, message: { content: `<think>${CANARY}</think>x` }, finish_reason: "stop" }],
};
const ERRORS: object[] = [
  { code: "rate_limit_exceeded", message: `slow, ${CANARY}`, details: { retry_after: 5 } },
  { error: { message: CANARY, type: CANARY, code: 429 } },
  [{ error: { message: CANARY } }],
  { detail: [{ loc: ["body", CANARY], msg: CANARY }] },
];
const OBJECTS: object[] = [
  { healthy: true, message: CANARY, details: { [CANARY]: CANARY } },
  [{ id: "m", name: CANARY }, CANARY],
  {
    name: CANARY,
    version: "1",
    provider_type: "p",
    capabilities: { streaming: true },
    config_schema: [{ name: "api_key", type: "string" }],
  },
  WHOLE,
  ...ERRORS,
];

function json(status: number, body: object | string, headers: Record<string, string> = {}): Buffer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return Buffer.from(
    head(status, { "content-type": "application/json", "content-length": length, ...headers }) + text,
  );
}

const STREAM_HEAD = head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" });
const EVENTS = CHUNKS.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);

const HTTP_SEEDS: Buffer[] = [
  ...OBJECTS.map((body) => json(200, body)),
  ...ERRORS.flatMap((body) =>
    [400, 404, 429, 500].map((status) => json(status, body, { "retry-after": "7" })),
  ),
  json(302, "", { location: `http://${CANARY}.evil.test/${CANARY}` }),
  json(200, "x", { "content-encoding": CANARY }),
  json(200, "<html>", { "content-type": `text/${CANARY}` }),
  Buffer.concat([
    Buffer.from(head(200, { "content-type": "application/json", "content-encoding": "gzip" })),
    gzipSync(JSON.stringify(OBJECTS[0])),
  ]),
  ...Array.from({ length: 12 }, (_, at) =>
    Buffer.concat(
      [STREAM_HEAD, ...[...EVENTS.slice(at % 5), "data: [DONE]\n\n"].map(piece), LAST_PIECE].map((part) =>
        Buffer.from(part),
      ),
    ),
  ),
  Buffer.from(`${head(200, { "content-type": "text/plain" })}${EVENTS.join("")}`),
  Buffer.from(
    `${head(200, { "content-type": "application/x-ndjson" })}${CHUNKS.map((chunk) => `${JSON.stringify(chunk)}\n`).join("")}`,
  ),
];

async function serveHttp(random: Random) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    socket.once("data", () => socket.end(mutate(random.pick(HTTP_SEEDS), random)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const GRPC_SEEDS: Buffer[][] = [
  ...CHUNKS.filter((chunk) => chunk !== CHUNKS[4]).map((chunk) => [
    encodeMessage("ChatChunk", chunk as Record<string, unknown>),
  ]),
  [CHUNKS[0], CHUNKS[1], CHUNKS[5]].map((chunk) =>
    encodeMessage("ChatChunk", chunk as Record<string, unknown>),
  ),
  [encodeMessage("ChatResponse", WHOLE)],
  [encodeMessage("Health", OBJECTS[0] as Record<string, unknown>)],
  [encodeMessage("GetModelsResponse", { models: [{ id: "m", name: CANARY }] })],
  [encodeMessage("Metadata", { name: CANARY, version: "1", provider_type: "p" })],
  [],
];

async function serveGrpc(random: Random) {
  const sessions = new Set<ServerHttp2Session>();
  const server = createHttp2Server();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session)).on("error", () => undefined);
  });
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => undefined);
    answerCall(stream, random);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const WORDS = [CANARY, "slow down", encodeURI("Zeit überschritten"), "%zz%", ""];

function answerCall(stream: ServerHttp2Stream, random: Random): void {
  const isOdd = random.below(3) === 0;
  const headers = isOdd
    ? {
        "content-type": random.pick(["application/grpc", `text/${CANARY}`, ""]),
        "grpc-encoding": random.pick(["gzip", CANARY, "identity"]),
      }
    : { "content-type": "application/grpc+proto" };
  const error = encodeMessage("PluginError", {
    code: "rate_limit_exceeded",
    message: CANARY,
    details: { retry_after: 1 },
  });
  const trailers: Record<string, string> = {
    "grpc-status": random.pick(["0", "0", "0", "2", "8", "13", "14", "99", "x"]),
    "grpc-message": random.pick(WORDS),
    ...(random.below(3) === 0 ? { [ERROR_TRAILER]: mutate(error, random).toString("base64") } : {}),
  };
  stream.respond({ ":status": random.below(20) === 0 ? 503 : 200, ...headers }, { waitForTrailers: true });
  stream.once("wantTrailers", () => {
    if (random.below(10) === 0) stream.close();
    else stream.sendTrailers(trailers);
  });
  for (const message of random.pick(GRPC_SEEDS)) {
    const isCompressed = random.below(12) === 0;
    const framed = frame(random.below(2) === 0 ? message : mutate(message, random), isCompressed);
    stream.write(random.below(4) === 0 ? mutate(framed, random) : framed);
  }
  stream.end();
}
