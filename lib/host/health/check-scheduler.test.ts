import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { createLog } from "../../log.ts";
import { createGate } from "../../async/semaphore.ts";
import { createMonitor } from "./check-scheduler.ts";
import type { Target, Watched } from "./check-scheduler.ts";

const log = createLog({ level: "silent", pretty: false });

/** Something watched that notes when it had its turn. */
function createWatched(id: string, everyMs: number) {
  const turns: number[] = [];
  const target: Target = {
    key: "first",
    delayMs: () => everyMs,
    isSuspect: () => false,
    run: async () => void turns.push(clock.monotonic()),
  };
  const state = { target: target as Target | null };
  const watched: Watched = { id, target: () => state.target };
  return { watched, turns, target, state };
}

let clock = createFakeClock();

function createTestMonitor(watched: Watched[], monotonic = () => clock.monotonic()) {
  const monitor = createMonitor({
    clock: { ...clock, monotonic },
    log,
    watched: () => watched,
    onTick: () => undefined,
    concurrency: 2,
  });
  monitor.start();
  return monitor;
}

describe("the monitor", () => {
  it("waits, acts, waits, and stops with the wish", async () => {
    clock = createFakeClock();
    const { watched, turns, state } = createWatched("a", 10_000);
    const monitor = createTestMonitor([watched]);
    await clock.advance(35_000);
    expect(turns).toEqual([10_000, 20_000, 30_000]);
    expect(monitor.nextTurnAt("a")).toBe(clock.now() + 5_000);
    state.target = null;
    monitor.sync(watched);
    expect(monitor.nextTurnAt("a")).toBeNull();
    await clock.advance(60_000);
    expect(turns).toHaveLength(3);
    monitor.stop();
    expect(clock.pending()).toBe(0);
  });

  it("starts over when the target changes", async () => {
    clock = createFakeClock();
    const { watched, turns, target, state } = createWatched("a", 60_000);
    const monitor = createTestMonitor([watched]);
    await clock.advance(30_000);
    state.target = { ...target, key: "second", delayMs: () => 1_000 };
    await clock.advance(3_000);
    expect(turns.length).toBeGreaterThanOrEqual(2);
    monitor.stop();
  });

  it("forgets what is no longer watched", async () => {
    clock = createFakeClock();
    const { watched, turns } = createWatched("a", 10_000);
    const list = [watched];
    const monitor = createTestMonitor(list);
    await clock.advance(1_000);
    list.pop();
    await clock.advance(60_000);
    expect(turns).toEqual([]);
    monitor.stop();
  });

  it("goes on when one turn breaks", async () => {
    clock = createFakeClock();
    const { watched, turns, target, state } = createWatched("a", 10_000);
    const broken = createWatched("b", 10_000);
    broken.state.target = { ...broken.target, run: () => Promise.reject(new Error("broken")) };
    const monitor = createTestMonitor([watched, broken.watched]);
    await clock.advance(60_000);
    expect(turns).toHaveLength(6);
    expect(monitor.isTicking()).toBe(true);
    broken.state.target = broken.target;
    await clock.advance(30_000);
    expect(broken.turns.length).toBeGreaterThanOrEqual(1);
    expect(state.target).toBe(target);
    monitor.stop();
  });

  it("ticks while it runs and not after it stopped", async () => {
    clock = createFakeClock();
    const monitor = createTestMonitor([]);
    await clock.advance(10_000);
    expect(monitor.isTicking()).toBe(true);
    monitor.stop();
    expect(monitor.isTicking()).toBe(false);
  });

  it("notices that the process itself stood still", async () => {
    clock = createFakeClock();
    let stoodStillMs = 0;
    const monotonic = () => clock.monotonic() + stoodStillMs;
    const monitor = createTestMonitor([], monotonic);
    await clock.advance(10_000);
    const before = monotonic();
    expect(monitor.stalledSince(before)).toBe(false);
    stoodStillMs = 60_000;
    expect(monitor.stalledSince(before)).toBe(true);
    await clock.advance(1_000);
    expect(monitor.stalledSince(before)).toBe(true);
    await clock.advance(1_000);
    expect(monitor.stalledSince(monotonic())).toBe(false);
    monitor.stop();
  });
});

describe("a gate", () => {
  it("lets in at most as many as it says, in order, and survives failures", async () => {
    const gate = createGate(2);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    const work = (index: number) => async () => {
      inside += 1;
      most = Math.max(most, inside);
      order.push(index);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (index % 3 === 0) throw new Error("no");
    };
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => gate.run(work(index))));
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(7);
  });
});
