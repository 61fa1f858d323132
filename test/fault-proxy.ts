import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Which way the bytes run: `down` from the plugin to the console (the default of every toxic), `up` to the plugin. */
export type Direction = "up" | "down";

/** What happens to the bytes of one direction. Bytes pass through all of them, in order. */
export type Toxic = { direction?: Direction } & (
  | { kind: "latency"; delayMs: number; jitterMs?: number }
  | { kind: "bandwidth"; bytesPerSecond: number }
  /** Passed on in pieces of at most so many bytes, each as a write of its own. */
  | { kind: "slicer"; bytes: number; delayMs?: number }
  /** After so many bytes of a connection both sides are closed in an orderly way. */
  | { kind: "limit"; bytes: number }
  /** After so many bytes of a connection both sides get a TCP reset. */
  | { kind: "reset"; bytes: number }
  /** Everything is swallowed, and so is the end: the connection stays open and silent. */
  | { kind: "swallow" }
  /** The end of the connection is passed on later. */
  | { kind: "slow-close"; delayMs: number }
);

/** A TCP proxy that breaks the connection between the console and a plugin. */
export interface FaultProxy {
  port: number;
  /** Replaces all toxics, for connections that are open too. */
  poison(...toxics: Toxic[]): void;
  /** Refuses connections and resets those that are open. */
  down(): Promise<void>;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  /** Connections from the console that are open now. */
  openSockets(): number;
  close(): Promise<void>;
}

/** Bytes that wait in one direction before the sender is held back. */
const WAITING = 256 * 1024;

/** Starts a proxy on a free port of 127.0.0.1 in front of `port`. It passes everything on until it is poisoned. */
export async function startFaultProxy(port: number): Promise<FaultProxy> {
  let toxics: Toxic[] = [];
  const pairs = new Set<{ near: Socket; far: Socket }>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    const pair = { near, far };
    pairs.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      // Broken connections are what a proxy of faults is for.
      socket.on("error", () => reset(pair));
    }
    near.once("close", () => {
      pairs.delete(pair);
      if (!far.destroyed && !far.writableEnded) far.destroy();
    });
    forward(near, far, "up");
    forward(far, near, "down");
  });

  /** Passes on what `source` says; everything that happens to it happens one after the other. */
  function forward(source: Socket, sink: Socket, direction: Direction): void {
    const active = () => toxics.filter((toxic) => (toxic.direction ?? "down") === direction);
    const flow = { source, sink, passed: 0 };
    let waiting = 0;
    let work = Promise.resolve();
    source.on("data", (bytes: Buffer) => {
      const arrivedMs = performance.now();
      waiting += bytes.length;
      if (waiting > WAITING) source.pause();
      work = work.then(async () => {
        await pass(flow, bytes, arrivedMs, active());
        waiting -= bytes.length;
        if (waiting <= WAITING) source.resume();
      });
    });
    source.on("end", () => {
      work = work.then(() => finish(flow, active()));
    });
  }

  async function listen(at: number): Promise<number> {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function stop(): Promise<void> {
    for (const pair of pairs) reset(pair);
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  }

  const taken = await listen(0);
  return {
    port: taken,
    poison: (...next) => void (toxics = next),
    down: stop,
    up: async () => void (await listen(taken)),
    openSockets: () => pairs.size,
    close: stop,
  };
}

interface Flow {
  source: Socket;
  sink: Socket;
  /** Bytes so far. */
  passed: number;
}

async function pass(flow: Flow, bytes: Buffer, arrivedMs: number, toxics: Toxic[]): Promise<void> {
  if (toxics.some(({ kind }) => kind === "swallow")) return;
  for (const toxic of toxics) {
    if (toxic.kind !== "latency") continue;
    const jitterMs = (Math.random() * 2 - 1) * (toxic.jitterMs ?? 0);
    await delay(Math.max(0, arrivedMs + toxic.delayMs + jitterMs - performance.now()));
  }
  const cut = toxics.find((toxic) => toxic.kind === "limit" || toxic.kind === "reset");
  const room = cut ? cut.bytes - flow.passed : Infinity;
  await write(flow, bytes.subarray(0, Math.max(0, room)), toxics);
  if (bytes.length < room) return;
  if (cut?.kind === "limit") for (const socket of [flow.sink, flow.source]) socket.destroySoon();
  if (cut?.kind === "reset") reset({ near: flow.sink, far: flow.source });
}

/** Hands the bytes to the network, in pieces and at a speed where a toxic says so. */
async function write(flow: Flow, bytes: Buffer, toxics: Toxic[]): Promise<void> {
  const slicer = toxics.find((toxic) => toxic.kind === "slicer");
  const bandwidth = toxics.find((toxic) => toxic.kind === "bandwidth");
  // Twenty steps a second are smooth enough to look like a slow line.
  const step = bandwidth ? Math.max(1, Math.floor(bandwidth.bytesPerSecond / 20)) : Infinity;
  const size = Math.min(slicer?.bytes ?? Infinity, step, bytes.length);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    if (bandwidth) await delay((piece.length / bandwidth.bytesPerSecond) * 1_000);
    if (flow.sink.destroyed) return;
    flow.passed += piece.length;
    await new Promise<void>((resolve) => flow.sink.write(piece, () => resolve()));
    if (slicer) await delay(slicer.delayMs ?? 0);
  }
}

async function finish({ sink }: Flow, toxics: Toxic[]): Promise<void> {
  if (toxics.some(({ kind }) => kind === "swallow")) return;
  const slow = toxics.find((toxic) => toxic.kind === "slow-close");
  if (slow) await delay(slow.delayMs);
  sink.end();
}

function reset({ near, far }: { near: Socket; far: Socket }): void {
  // `resetAndDestroy` ends the stream in good order first: the peer would see a FIN before the reset.
  for (const socket of [near, far]) Object.assign(socket, { resetAndClosing: true }).destroy();
}
