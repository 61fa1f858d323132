import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { STREAM_FAULTS } from "./misbehaving-streams.ts";
import { ANSWER_FAULTS } from "./misbehaving-answers.ts";

/** Writes whatever this fault sends after a request has arrived. `path` is the protocol's own, e.g. `/health`. */
export type Fault = (socket: Socket, path: string) => void;

const FAULTS = { ...ANSWER_FAULTS, ...STREAM_FAULTS };
export type FaultName = keyof typeof FAULTS;

export interface MisbehavingPlugin {
  port: number;
  /** Base URL of a plugin with this fault: the fault is the path prefix. */
  endpoint(fault: FaultName): string;
  /** Connections open now. */
  openSockets(): number;
  /** Bytes handed to the network for all connections together. */
  bytesWritten(): number;
  close(): Promise<void>;
}

/** A plugin that does everything wrong, one fault per path prefix. Speaks raw TCP: a library would be too polite. */
export async function startMisbehavingPlugin(): Promise<MisbehavingPlugin> {
  const sockets = new Set<Socket>();
  let finished = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      finished += socket.bytesWritten;
    });
    // A peer that hangs up is what half of the tests are about.
    socket.on("error", () => socket.destroy());
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpoint: (fault) => `http://127.0.0.1:${port}/${fault}`,
    openSockets: () => sockets.size,
    bytesWritten: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, finished),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket): void {
  let pending = "";
  socket.on("data", (bytes: Buffer) => {
    pending += bytes.toString("latin1");
    for (let request = takeRequest(pending); request !== null; request = takeRequest(pending)) {
      pending = request.rest;
      const [, fault = "", path = ""] = /^\/([^/]+)(\/.*)$/.exec(request.target) ?? [];
      const misbehave: Fault | undefined = FAULTS[fault as FaultName];
      misbehave?.(socket, path);
    }
  });
}

function takeRequest(text: string): { target: string; rest: string } | null {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = text.slice(0, end);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (text.length < end + 4 + length) return null;
  return { target: head.split(" ")[1] ?? "", rest: text.slice(end + 4 + length) };
}
