import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";

const ANSWER = Buffer.from("0123456789".repeat(20));

let server: Server;
let proxy: FaultProxy;
/** What the server behind the proxy received. */
let received: string;

beforeEach(async () => {
  received = "";
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString();
      socket.end(ANSWER);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startFaultProxy((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

interface Outcome {
  bytes: Buffer;
  pieces: number;
  error: string | null;
  tookMs: number;
}

/** Asks through the proxy and listens until the connection is over. */
async function ask(): Promise<Outcome> {
  const began = performance.now();
  const socket = connect(proxy.port, "127.0.0.1");
  const pieces: Buffer[] = [];
  let error: string | null = null;
  socket.on("data", (bytes: Buffer) => pieces.push(bytes));
  socket.on("error", (reason: NodeJS.ErrnoException) => (error = reason.code ?? reason.message));
  socket.write("question");
  await new Promise((resolve) => socket.once("close", resolve));
  return { bytes: Buffer.concat(pieces), pieces: pieces.length, error, tookMs: performance.now() - began };
}

describe("a fault proxy", () => {
  it("passes everything on, both ways, when it is not poisoned", async () => {
    expect(await ask()).toMatchObject({ bytes: ANSWER, error: null });
    expect(received).toBe("question");
  });

  it("delays what passes, in either direction", async () => {
    proxy.poison({ kind: "latency", delayMs: 40 }, { kind: "latency", delayMs: 40, direction: "up" });
    const { bytes, tookMs } = await ask();
    expect(bytes).toEqual(ANSWER);
    expect(tookMs).toBeGreaterThanOrEqual(78);
  });

  it("keeps the order of bytes whatever the jitter", async () => {
    proxy.poison({ kind: "latency", delayMs: 5, jitterMs: 5 }, { kind: "slicer", bytes: 7 });
    expect((await ask()).bytes).toEqual(ANSWER);
  });

  it("lets only so many bytes a second through", async () => {
    proxy.poison({ kind: "bandwidth", bytesPerSecond: 2_000 });
    const { bytes, tookMs } = await ask();
    expect(bytes).toEqual(ANSWER);
    expect(tookMs).toBeGreaterThanOrEqual(98);
  });

  it("cuts into slices", async () => {
    proxy.poison({ kind: "slicer", bytes: 10, delayMs: 2 });
    const { bytes, pieces } = await ask();
    expect(bytes).toEqual(ANSWER);
    expect(pieces).toBeGreaterThan(5);
  });

  it("closes in an orderly way after the limit", async () => {
    proxy.poison({ kind: "limit", bytes: 64 });
    expect(await ask()).toMatchObject({ bytes: ANSWER.subarray(0, 64), error: null });
  });

  it("resets both sides after so many bytes", async () => {
    proxy.poison({ kind: "reset", bytes: 0 });
    expect(await ask()).toMatchObject({ bytes: Buffer.alloc(0), error: "ECONNRESET" });
  });

  it("swallows the answer and its end, and keeps the connection open", async () => {
    proxy.poison({ kind: "swallow" });
    const asking = ask();
    await vi.waitFor(() => expect(received).toBe("question"));
    expect(proxy.openSockets()).toBe(1);
    await proxy.down();
    expect(await asking).toMatchObject({ bytes: Buffer.alloc(0), error: "ECONNRESET" });
  });

  it("passes the end on late", async () => {
    proxy.poison({ kind: "slow-close", delayMs: 60 });
    const { bytes, tookMs } = await ask();
    expect(bytes).toEqual(ANSWER);
    expect(tookMs).toBeGreaterThanOrEqual(58);
  });

  it("refuses connections while it is down, and is back on the same port", async () => {
    await proxy.down();
    expect((await ask()).error).toBe("ECONNREFUSED");
    await proxy.up();
    expect((await ask()).bytes).toEqual(ANSWER);
  });

  it("changes its mind about connections that are open", async () => {
    proxy.poison({ kind: "bandwidth", bytesPerSecond: 100, direction: "up" });
    const asking = ask();
    await vi.waitFor(() => expect(proxy.openSockets()).toBe(1));
    proxy.poison({ kind: "limit", bytes: 3 });
    expect((await asking).bytes).toEqual(ANSWER.subarray(0, 3));
  });
});
