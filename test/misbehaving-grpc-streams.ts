import type { ServerHttp2Stream } from "node:http2";
import { encodeMessage, ERROR_TRAILER } from "../lib/transport/grpc-schema.ts";
import { endless, finish, frame, open } from "./misbehaving-grpc-wire.ts";

function chunk(content: string, finishReason?: string): Buffer {
  return encodeMessage("ChatChunk", {
    id: "c1",
    choices: [{ index: 0, delta: { content }, finish_reason: finishReason }],
  });
}

/** Headers and these chunks. */
function begin(stream: ServerHttp2Stream, ...chunks: Buffer[]): void {
  open(stream);
  for (const one of chunks) stream.write(frame(one));
}

const QUOTA = encodeMessage("PluginError", { code: "quota_exceeded", message: "empty" }).toString("base64");

/** Faults of streamed chats; each begins with the words "so far" where it can. */
export const GRPC_STREAM_FAULTS = {
  "stream-silent-at-once": (stream: ServerHttp2Stream) => begin(stream),
  "stream-falls-silent": (stream: ServerHttp2Stream) => begin(stream, chunk("so far")),
  "stream-without-finish": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    finish(stream, 0);
  },
  "stream-of-nothing": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    endless(stream, Buffer.concat(Array.from({ length: 1_000 }, () => frame(Buffer.alloc(0)))));
  },
  "stream-cut": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    later(() => stream.session?.destroy());
  },
  "stream-cut-in-a-message": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    stream.write(frame(chunk("half")).subarray(0, 8));
    later(() => stream.session?.destroy());
  },
  "stream-reset": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    later(() => stream.close(2));
  },
  "stream-garbage": (stream: ServerHttp2Stream) => begin(stream, chunk("so far"), Buffer.from("<html>")),
  "stream-big-message": (stream: ServerHttp2Stream) =>
    begin(stream, chunk("so far"), chunk("x".repeat(1024 * 1024 + 1))),
  "stream-error-in-trailer": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    finish(stream, 2, "see trailer", { [ERROR_TRAILER]: QUOTA });
  },
  "stream-error-without": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"));
    finish(stream, 13, "worker died");
  },
  "stream-cut-after-finish": (stream: ServerHttp2Stream) => {
    begin(stream, chunk("so far"), chunk("", "stop"));
    later(() => stream.session?.destroy());
  },
  "stream-silent-after-finish": (stream: ServerHttp2Stream) =>
    begin(stream, chunk("so far"), chunk("", "stop")),
  "stream-endless": (stream: ServerHttp2Stream) => {
    open(stream);
    const block = frame(chunk("x".repeat(60 * 1024)));
    const more = () => {
      while (!stream.destroyed && stream.write(block));
      if (!stream.destroyed) stream.once("drain", more);
    };
    more();
  },
};

/** After what was written has left. */
function later(work: () => void): void {
  setTimeout(work, 30);
}
