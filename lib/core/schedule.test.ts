import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextCheckMs, startOffsetMs } from "./schedule.ts";

const interval = fc.integer({ min: 5_000, max: 3_600_000 });

describe("the place of a plugin in its interval", () => {
  it("is the same every time, and inside the interval", () => {
    fc.assert(
      fc.property(fc.string(), interval, (id, intervalMs) => {
        const offset = startOffsetMs(id, intervalMs);
        expect(offset).toBe(startOffsetMs(id, intervalMs));
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThan(intervalMs);
      }),
    );
  });

  it("spreads a thousand plugins over a minute: no second holds more than 3 % of them", () => {
    const perSecond = new Map<number, number>();
    for (let index = 0; index < 1000; index += 1) {
      const second = Math.floor(startOffsetMs(`plugin-${index}`, 60_000) / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(perSecond.size).toBe(60);
    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(35);
  });
});

describe("the next turn", () => {
  it("lies within one interval and exactly one interval after the turn before", () => {
    fc.assert(
      fc.property(
        fc.string(),
        interval,
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (id, intervalMs, nowMs) => {
          const turn = nextCheckMs(id, intervalMs, nowMs);
          expect(turn).toBeGreaterThan(nowMs);
          expect(turn - nowMs).toBeLessThanOrEqual(intervalMs);
          expect(nextCheckMs(id, intervalMs, turn)).toBe(turn + intervalMs);
        },
      ),
    );
  });
});
