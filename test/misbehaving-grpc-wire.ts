import type { ServerHttp2Stream } from "node:http2";

/** Small pieces of gRPC over HTTP/2, written by hand so that they can be wrong. */

/** Response headers; trailers may follow. */
export function open(stream: ServerHttp2Stream, headers: Record<string, string> = {}): void {
  stream.respond(
    { ":status": 200, "content-type": "application/grpc+proto", ...headers },
    { waitForTrailers: true },
  );
}

/** A length-prefixed message. */
export function frame(message: Buffer, isCompressed = false): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Ends an open answer with a status. */
export function finish(
  stream: ServerHttp2Stream,
  status: number,
  message = "",
  trailers: Record<string, string> = {},
): void {
  stream.once("wantTrailers", () =>
    stream.sendTrailers({ "grpc-status": String(status), "grpc-message": encodeURI(message), ...trailers }),
  );
  stream.end();
}

/** One message and status OK. */
export function reply(stream: ServerHttp2Stream, message: Buffer): void {
  open(stream);
  stream.write(frame(message));
  finish(stream, 0);
}

/** Status and trailers in place of an answer. */
export function trailersOnly(
  stream: ServerHttp2Stream,
  status: number,
  message = "",
  trailers: Record<string, string> = {},
): void {
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc+proto",
      "grpc-status": String(status),
      "grpc-message": encodeURI(message),
      ...trailers,
    },
    { endStream: true },
  );
}

export function fail(status: number, message: string) {
  return (stream: ServerHttp2Stream): void => trailersOnly(stream, status, message);
}

/** Writes `block` for ever, as fast as the peer reads. */
export function endless(stream: ServerHttp2Stream, block: Buffer): void {
  const more = () => {
    while (!stream.destroyed && stream.write(block));
    if (!stream.destroyed) stream.once("drain", more);
  };
  more();
}
