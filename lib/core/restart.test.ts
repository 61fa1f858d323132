import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NEVER_STARTED, planRestart, RESTART, recordEnd, recordStart } from "./restart.ts";

/** Runs a process that ends `livesMs` after each start until it is parked or `untilMs` is over; returns waits and starts. */
function crash(livesMs: (run: number) => number, untilMs: number) {
  let now = 0;
  let history = NEVER_STARTED;
  const waits: number[] = [];
  const starts: number[] = [];
  while (now < untilMs) {
    history = recordStart(history, now);
    starts.push(now);
    now += livesMs(starts.length - 1);
    history = recordEnd(history, now);
    const plan = planRestart(history, now);
    if (plan.kind === "park") return { waits, starts, parked: true };
    waits.push(plan.afterMs);
    now += plan.afterMs;
  }
  return { waits, starts, parked: false };
}

describe("planRestart", () => {
  it("starts a process that ended once again at once", () => {
    const history = recordEnd(recordStart(NEVER_STARTED, 0), 5_000);
    expect(planRestart(history, 5_000)).toEqual({ kind: "start", afterMs: 0 });
  });

  it("waits 0, 1, 2, 4 … 60 s and then parks", () => {
    const { waits, starts, parked } = crash(() => 10, 3_600_000);
    expect(waits.slice(0, 9)).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(parked).toBe(true);
    expect(starts).toHaveLength(RESTART.maxStarts);
  });

  it("forgets earlier ends after ten minutes of life", () => {
    const { waits } = crash((run) => (run === 4 ? RESTART.stableMs : 10), 1_000_000);
    expect(waits.slice(0, 6)).toEqual([0, 1_000, 2_000, 4_000, 0, 1_000]);
  });

  it("never starts more than fifteen times in ten minutes, whatever the process does", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(120_000), { minLength: 1, maxLength: 20 }), (lives) => {
        const { starts } = crash((run) => lives[run % lives.length] ?? 0, 7_200_000);
        for (const start of starts) {
          const inWindow = starts.filter((other) => other >= start && other < start + RESTART.windowMs);
          expect(inWindow.length).toBeLessThanOrEqual(RESTART.maxStarts);
        }
      }),
    );
  });
});
