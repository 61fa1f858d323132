import { once } from "node:events";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { GRPC_STREAM_FAULTS } from "./misbehaving-grpc-streams.ts";
import { endless, fail, finish, frame, open, reply, trailersOnly } from "./misbehaving-grpc-wire.ts";
import { encodeMessage, ERROR_TRAILER } from "../lib/transport/grpc-schema.ts";

/** What a call is answered with. `method` is the last part of its path: `GetModels`. */
export type GrpcFault = (stream: ServerHttp2Stream, method: string) => void;

const MB = 1024 * 1024;

function pluginError(error: Record<string, unknown>): Record<string, string> {
  return { [ERROR_TRAILER]: encodeMessage("PluginError", error).toString("base64") };
}

const RATE_LIMIT = {
  code: "rate_limit_exceeded",
  message: "Slow down",
  transient: true,
  details: { retry_after: 60, limit: 10, remaining: 0 },
};

const health = (value: Record<string, unknown>) => (stream: ServerHttp2Stream) =>
  reply(stream, encodeMessage("Health", value));

/** 64 MB of zeros, as a message with a length that fits. */
const BOMB = gzipSync(Buffer.alloc(64 * MB));

/** A Struct 500 levels deep, as it would stand in `details` of a Health message (field 5). */
const DEEP = (() => {
  const field = (number: number, bytes: Buffer) => {
    const length: number[] = [];
    for (let rest = bytes.length; ; rest >>>= 7) {
      if (rest < 128) {
        length.push(rest);
        break;
      }
      length.push((rest & 127) | 128);
    }
    return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
  };
  let value: Buffer = Buffer.from([1 << 3, 0]);
  for (let level = 0; level < 500; level += 1) value = field(6, field(1, value));
  const entry = Buffer.concat([field(1, Buffer.from("a")), field(2, value)]);
  return field(5, field(1, entry));
})();

/** Faults of HTTP/2 and gRPC. */
const CALL_FAULTS = {
  "never-answers": () => undefined,
  "headers-then-silence": (stream: ServerHttp2Stream) => open(stream),
  "half-message-then-silence": (stream: ServerHttp2Stream) => {
    open(stream);
    stream.write(frame(Buffer.alloc(100)).subarray(0, 50));
  },
  "compressed-unannounced": (stream: ServerHttp2Stream) => {
    open(stream);
    stream.write(frame(encodeMessage("Health", { healthy: true }), true));
    finish(stream, 0);
  },
  "compressed-oddly": (stream: ServerHttp2Stream) => {
    open(stream, { "grpc-encoding": "lzma" });
    stream.write(frame(encodeMessage("Health", { healthy: true }), true));
    finish(stream, 0);
  },
  "declares-a-gigabyte": (stream: ServerHttp2Stream) => {
    open(stream);
    stream.write(Buffer.from([0, 0x40, 0, 0, 0]));
    endless(stream, Buffer.alloc(64 * 1024));
  },
  "gzip-bomb": (stream: ServerHttp2Stream) => {
    open(stream, { "grpc-encoding": "gzip" });
    stream.write(frame(BOMB, true));
    finish(stream, 0);
  },
  "gzip-damaged": (stream: ServerHttp2Stream) => {
    open(stream, { "grpc-encoding": "gzip" });
    stream.write(frame(Buffer.from("not gzip at all"), true));
    finish(stream, 0);
  },
  "giant-headers": (stream: ServerHttp2Stream) => {
    open(stream, { "x-big": "x".repeat(20 * 1024) });
    finish(stream, 0);
  },
  "giant-trailers": (stream: ServerHttp2Stream) =>
    trailersOnly(stream, 2, "no", { "x-big": "x".repeat(20 * 1024) }),
  "enormous-headers": (stream: ServerHttp2Stream) => {
    open(
      stream,
      Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`x-${index}`, "x".repeat(8 * 1024)])),
    );
    finish(stream, 0);
  },
  "garbage-message": (stream: ServerHttp2Stream) => reply(stream, Buffer.from("<!DOCTYPE html>")),
  "deep-message": (stream: ServerHttp2Stream) => reply(stream, DEEP),
  "no-message": (stream: ServerHttp2Stream) => {
    open(stream);
    finish(stream, 0);
  },
  "two-messages": (stream: ServerHttp2Stream) => {
    open(stream);
    for (const name of ["first", "second"]) {
      stream.write(frame(encodeMessage("Metadata", { name, version: "1", provider_type: "odd" })));
    }
    finish(stream, 0);
  },
  "two-messages-then-silence": (stream: ServerHttp2Stream) => {
    open(stream);
    stream.write(Buffer.concat([frame(Buffer.alloc(0)), frame(Buffer.alloc(0))]));
  },
  "two-whole-chats": (stream: ServerHttp2Stream) => {
    open(stream);
    for (const content of ["one", "two"]) {
      const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
      stream.write(frame(encodeMessage("ChatResponse", { choices: [choice] })));
    }
    finish(stream, 0);
  },
  "message-then-error": (stream: ServerHttp2Stream) => {
    open(stream);
    stream.write(frame(encodeMessage("Health", { healthy: true })));
    finish(stream, 13, "second thoughts");
  },
  "ok-without-anything": (stream: ServerHttp2Stream) => trailersOnly(stream, 0),
  "no-status": (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" });
    stream.end();
  },
  "html-200": (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.end("<!doctype html><title>Router admin</title>");
  },
  "html-404": (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 404, "content-type": "text/html" });
    stream.end("<h1>Not here</h1>");
  },
  "bare-503": (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 503 }, { endStream: true });
  },
  redirect: (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 302, location: "http://169.254.169.254/" }, { endStream: true });
  },
  resets: (stream: ServerHttp2Stream) => stream.close(2),
  refuses: (stream: ServerHttp2Stream) => stream.close(7),
  "calm-down": (stream: ServerHttp2Stream) => stream.close(11),
  goaway: (stream: ServerHttp2Stream) => {
    stream.session?.goaway(2);
    stream.session?.destroy();
  },
  "polite-goaway": (stream: ServerHttp2Stream) => {
    const { session } = stream;
    session?.goaway(0);
    stream.close(8);
    stream.once("close", () => session?.destroy());
  },
  "drops-the-connection": (stream: ServerHttp2Stream) => stream.session?.destroy(),
  unimplemented: fail(12, "unknown service loom.plugin.v1.ProviderPlugin"),
  "models-unimplemented": (stream: ServerHttp2Stream, method: string) =>
    method === "GetModels"
      ? trailersOnly(stream, 12, "Method not implemented!")
      : reply(stream, encodeMessage("Health", { healthy: true })),
  unauthenticated: fail(16, "Invalid API key format"),
  "permission-denied": fail(7, "Your plan has no access"),
  "invalid-argument": fail(3, "region is unknown"),
  "not-initialized": fail(9, "The plugin is not initialized"),
  "not-found": fail(5, "no such thing"),
  exhausted: fail(8, "Quota used up"),
  deadline: fail(4, "upstream took too long"),
  unavailable: fail(14, "upstream connect error"),
  aborted: fail(10, "try again"),
  cancelled: fail(1, "I changed my mind"),
  internal: fail(13, "ValueError: 'NoneType'"),
  "unknown-silent": fail(2, ""),
  "unknown-status": fail(99, "short and stout"),
  "negative-status": fail(-1, ""),
  "fractional-status": fail(2.5, ""),
  "endless-status": fail(Infinity, ""),
  "status-in-words": fail(NaN, "short and stout"),
  "unknown-status-error-in-trailer": (stream: ServerHttp2Stream) =>
    trailersOnly(stream, 17, "see trailer", pluginError(RATE_LIMIT)),
  "error-in-trailer": (stream: ServerHttp2Stream) =>
    trailersOnly(stream, 2, "see trailer", pluginError(RATE_LIMIT)),
  "error-trailer-unknown-code": (stream: ServerHttp2Stream) =>
    trailersOnly(stream, 16, "", pluginError({ code: "teapot", message: "short and stout" })),
  "error-trailer-garbage": (stream: ServerHttp2Stream) =>
    trailersOnly(stream, 14, "broken", { [ERROR_TRAILER]: Buffer.from("<html>").toString("base64") }),
  "error-trailer-with-ok": (stream: ServerHttp2Stream) =>
    trailersOnly(stream, 0, "", pluginError(RATE_LIMIT)),
  "health-absent": health({ message: "fine" }),
  "latency-negative": health({ healthy: true, latency_ms: -5 }),
  "latency-infinite": health({ healthy: true, latency_ms: Infinity }),
  "timestamp-1970": health({ healthy: true, timestamp: "1970-01-01T00:00:00Z" }),
  "timestamp-naive": health({ healthy: true, timestamp: "2026-11-24T10:00:00" }),
  "metadata-no-name": (stream: ServerHttp2Stream) =>
    reply(stream, encodeMessage("Metadata", { version: "1", provider_type: "odd" })),
  "metadata-extra": (stream: ServerHttp2Stream) =>
    reply(
      stream,
      encodeMessage("Metadata", { name: "Odd", version: "1", provider_type: "odd", mood: "sunny" }),
    ),
  "models-too-many": (stream: ServerHttp2Stream) =>
    reply(
      stream,
      encodeMessage("GetModelsResponse", {
        models: Array.from({ length: 20_001 }, (_, index) => ({ id: `m${index}` })),
      }),
    ),
  /** Two bytes each. */
  "models-countless": (stream: ServerHttp2Stream) =>
    reply(stream, Buffer.from("0a00".repeat(300_000), "hex")),
  "models-no-id": (stream: ServerHttp2Stream) =>
    reply(stream, encodeMessage("GetModelsResponse", { models: [{ id: "" }, { description: "b" }] })),
} satisfies Record<string, GrpcFault>;

/** Faults before HTTP/2 begins. */
const SOCKET_FAULTS = {
  "accepts-and-is-silent": () => undefined,
  "closes-at-once": (socket: Socket) => socket.destroy(),
  "garbage-bytes": (socket: Socket) => socket.write(Buffer.alloc(200, 0xaa)),
  "http-1": (socket: Socket) => {
    socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  },
  "ssh-banner": (socket: Socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
} satisfies Record<string, (socket: Socket) => unknown>;

const FAULTS = { ...CALL_FAULTS, ...GRPC_STREAM_FAULTS };
export type GrpcFaultName = keyof typeof FAULTS | keyof typeof SOCKET_FAULTS;

export interface MisbehavingGrpc {
  endpoint: string;
  port: number;
  /** Connections open now. */
  openSockets(): number;
  /** Bytes handed to the network for all connections together. */
  bytesWritten(): number;
  close(): Promise<void>;
}

/** A gRPC plugin with this fault. Speaks raw HTTP/2: a gRPC library would be too polite. */
export async function startMisbehavingGrpc(fault: GrpcFaultName): Promise<MisbehavingGrpc> {
  const sockets = new Set<Socket>();
  let finished = 0;
  const server = isSocketFault(fault) ? serveSockets(fault) : serveCalls(fault);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      finished += socket.bytesWritten;
    });
    // A peer that hangs up is what half of the tests are about.
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpoint: `grpc://127.0.0.1:${port}`,
    openSockets: () => sockets.size,
    bytesWritten: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, finished),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function isSocketFault(fault: GrpcFaultName): fault is keyof typeof SOCKET_FAULTS {
  return fault in SOCKET_FAULTS;
}

function serveSockets(fault: keyof typeof SOCKET_FAULTS): Server {
  const misbehave: (socket: Socket) => unknown = SOCKET_FAULTS[fault];
  return createTcpServer((socket) => {
    socket.once("data", () => undefined);
    misbehave(socket);
  });
}

function serveCalls(fault: keyof typeof FAULTS) {
  const misbehave: GrpcFault = FAULTS[fault];
  const server = createHttp2Server();
  server.on("sessionError", () => undefined);
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    misbehave(stream, String(headers[":path"]).split("/").at(-1) ?? "");
  });
  return server;
}
