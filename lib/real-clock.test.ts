import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createClock } from "./real-clock.ts";

const clock = createClock();
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

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
    const before = timers();
    const ending = new AbortController();
    const sleeping = clock.sleep(1e12, ending.signal);
    expect(timers()).toBe(before + 1);
    ending.abort();
    await sleeping;
    await clock.sleep(1e12, ending.signal);
    expect(timers()).toBe(before);
  });

  it("aborts with a TimeoutError at a deadline", async () => {
    const { signal } = clock.deadline(5);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("holds the time in which the process itself was busy against nobody: what arrived meanwhile came in time", async () => {
    const server = createServer((peer) => peer.pipe(peer)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { signal, clear } = clock.deadline(30);
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.once("connect", () => socket.write("question"));
    socket.once("data", clear);
    const busyUntil = performance.now() + 200;
    while (performance.now() < busyUntil);
    await once(socket, "data");
    expect(signal.aborted).toBe(false);
    socket.destroy();
    server.close();
  });

  it("forgets a deadline that was met", () => {
    const before = timers();
    const { signal, clear } = clock.deadline(1e12);
    expect(timers()).toBe(before + 1);
    clear();
    expect(timers()).toBe(before);
    expect(signal.aborted).toBe(false);
  });
});
