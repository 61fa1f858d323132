import type { Socket } from "node:net";

/** Small pieces of HTTP/1.1, written by hand so that they can be wrong. */

export function sendAnswer(
  socket: Socket,
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(body);
  socket.write(
    head(status, { "content-type": "application/json", "content-length": String(bytes.length), ...headers }),
  );
  socket.write(bytes);
}

export function sendJson(
  socket: Socket,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  sendAnswer(socket, status, JSON.stringify(body), headers);
}

export function head(status: number, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n`;
}

/** One piece of a chunked body. */
export function piece(data: string | Buffer): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

export const LAST_PIECE = "0\r\n\r\n";

/** Writes `block` for ever, as fast as the peer reads. */
export function flood(socket: Socket, block: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(block));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}
