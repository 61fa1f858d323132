import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createClock } from "./real-clock.ts";

const clock = createClock();

afterEach(() => vi.useRealTimers());

describe("the real clock", () => {
  it("sleeps at least as long as asked", async () => {
    const started = clock.monotonic();
    await clock.sleep(20);
    expect(clock.monotonic() - started).toBeGreaterThanOrEqual(19);
  });

  it("gives everybody else a turn, even when there is nothing to wait for", async () => {
    let turned = false;
    setImmediate(() => (turned = true));
    await clock.sleep(0);
    expect(turned).toBe(true);
  });

  it("wakes at once when the signal aborts, and leaves no timer", async () => {
    vi.useFakeTimers();
    const ending = new AbortController();
    const sleeping = clock.sleep(1e12, ending.signal);
    expect(vi.getTimerCount()).toBe(1);
    ending.abort();
    await sleeping;
    await clock.sleep(1e12, ending.signal);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("aborts with a TimeoutError at a deadline", async () => {
    const { signal } = clock.deadline(5);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("holds the time in which the process itself was busy against nobody: what arrived meanwhile came in time", async () => {
    const server = createServer((peer) => peer.pipe(peer)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { signal, clear } = clock.deadline(500);
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.once("connect", () => socket.write("question"));
    socket.once("data", clear);
    const busyUntil = performance.now() + 1_000;
    while (performance.now() < busyUntil);
    await once(socket, "data");
    expect(signal.aborted).toBe(false);
    socket.destroy();
    server.close();
  });

  it("forgets a deadline that was met", () => {
    vi.useFakeTimers();
    const { signal, clear } = clock.deadline(1e12);
    expect(vi.getTimerCount()).toBe(1);
    clear();
    expect(vi.getTimerCount()).toBe(0);
    expect(signal.aborted).toBe(false);
  });
});
