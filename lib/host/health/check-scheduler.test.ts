import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { createLog } from "../../log.ts";
import { createSemaphore } from "../../async/semaphore.ts";
import { createCheckScheduler } from "./check-scheduler.ts";
import type { NextCheck, ScheduledPlugin } from "./check-scheduler.ts";

const log = createLog({ level: "silent", pretty: false });

/** A plugin that notes when it was checked. */
function createPlugin(id: string, everyMs: number) {
  const turns: number[] = [];
  const next: NextCheck = {
    key: "first",
    delayMs: () => everyMs,
    run: async () => void turns.push(clock.monotonic()),
  };
  const state = { next: next as NextCheck | null };
  const plugin: ScheduledPlugin = { id, nextCheck: () => state.next };
  return { plugin, turns, next, state };
}

let clock = createFakeClock();

function createTestScheduler(plugins: ScheduledPlugin[], monotonic = () => clock.monotonic()) {
  const scheduler = createCheckScheduler({
    clock: { ...clock, monotonic },
    log,
    plugins: () => plugins,
    onTick: () => undefined,
  });
  scheduler.start();
  return scheduler;
}

describe("the check scheduler", () => {
  it("waits, acts, waits, and stops when there is no next check", async () => {
    clock = createFakeClock();
    const { plugin, turns, state } = createPlugin("a", 10_000);
    const scheduler = createTestScheduler([plugin]);
    await clock.advance(35_000);
    expect(turns).toEqual([10_000, 20_000, 30_000]);
    expect(scheduler.nextCheckAt("a")).toBe(clock.now() + 5_000);
    state.next = null;
    scheduler.sync(plugin);
    expect(scheduler.nextCheckAt("a")).toBeNull();
    await clock.advance(60_000);
    expect(turns).toHaveLength(3);
    scheduler.stop();
    expect(clock.pending()).toBe(0);
  });

  it("lets no number of slow plugins make a quick one late", async () => {
    clock = createFakeClock();
    const { plugin, turns } = createPlugin("quick", 10_000);
    const slow = Array.from({ length: 300 }, (_, index) => {
      const one = createPlugin(`slow ${index}`, 10_000);
      one.state.next = { ...one.next, run: () => clock.sleep(4_500) };
      return one.plugin;
    });
    const scheduler = createTestScheduler([...slow, plugin]);
    await clock.advance(60_000);
    expect(turns).toEqual([10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    scheduler.stop();
  });

  it("starts over when the next check changes", async () => {
    clock = createFakeClock();
    const { plugin, turns, next, state } = createPlugin("a", 60_000);
    const scheduler = createTestScheduler([plugin]);
    await clock.advance(30_000);
    state.next = { ...next, key: "second", delayMs: () => 1_000 };
    await clock.advance(3_000);
    expect(turns.length).toBeGreaterThanOrEqual(2);
    scheduler.stop();
  });

  it("forgets plugins that are gone", async () => {
    clock = createFakeClock();
    const { plugin, turns } = createPlugin("a", 10_000);
    const list = [plugin];
    const scheduler = createTestScheduler(list);
    await clock.advance(1_000);
    list.pop();
    await clock.advance(60_000);
    expect(turns).toEqual([]);
    scheduler.stop();
  });

  it("goes on when one check breaks", async () => {
    clock = createFakeClock();
    const { plugin, turns, next, state } = createPlugin("a", 10_000);
    const broken = createPlugin("b", 10_000);
    broken.state.next = { ...broken.next, run: () => Promise.reject(new Error("broken")) };
    const scheduler = createTestScheduler([plugin, broken.plugin]);
    await clock.advance(60_000);
    expect(turns).toHaveLength(6);
    expect(scheduler.isTicking()).toBe(true);
    broken.state.next = broken.next;
    await clock.advance(30_000);
    expect(broken.turns.length).toBeGreaterThanOrEqual(1);
    expect(state.next).toBe(next);
    scheduler.stop();
  });

  it("ticks while it runs and not after it stopped", async () => {
    clock = createFakeClock();
    const scheduler = createTestScheduler([]);
    await clock.advance(10_000);
    expect(scheduler.isTicking()).toBe(true);
    scheduler.stop();
    expect(scheduler.isTicking()).toBe(false);
  });

  it("notices that the process itself stood still", async () => {
    clock = createFakeClock();
    let stoodStillMs = 0;
    const monotonic = () => clock.monotonic() + stoodStillMs;
    const scheduler = createTestScheduler([], monotonic);
    await clock.advance(10_000);
    const before = monotonic();
    expect(scheduler.stalledSince(before)).toBe(false);
    stoodStillMs = 60_000;
    expect(scheduler.stalledSince(before)).toBe(true);
    await clock.advance(1_000);
    expect(scheduler.stalledSince(before)).toBe(true);
    await clock.advance(1_000);
    expect(scheduler.stalledSince(monotonic())).toBe(false);
    scheduler.stop();
  });
});

describe("a semaphore", () => {
  it("lets in at most as many as it says, in order, and survives failures", async () => {
    const semaphore = createSemaphore(2);
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
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => semaphore.run(work(index))),
    );
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(7);
  });
});
