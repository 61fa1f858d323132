import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConvergence } from "./reconciler.ts";
import type { Wish } from "./reconciler.ts";

const wish = (kind: Wish["kind"], restart = false): Wish => ({ kind, restart, process: false });
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Work that takes `duration` turns of the event loop, or ends at its interruption. */
function createWorkshop(duration: number) {
  const log: string[] = [];
  let inside = 0;
  let most = 0;
  const convergence = createConvergence(
    wish("disabled"),
    async ({ kind }, signal) => {
      most = Math.max(most, (inside += 1));
      for (let turn = 0; turn < duration && !signal.aborted; turn += 1) await turns(1);
      log.push(signal.aborted ? `${kind} interrupted` : kind);
      inside -= 1;
    },
    () => undefined,
  );
  return { convergence, log, most: () => most };
}

describe("convergence", () => {
  it("joins the same wish and lets a different one take over", async () => {
    const { convergence, log } = createWorkshop(5);
    const first = convergence.want(wish("enabled"));
    const same = convergence.want(wish("enabled"));
    await turns(1);
    const other = convergence.want(wish("disabled"));
    await Promise.all([first, same, other]);
    expect(log).toEqual(["enabled interrupted", "disabled"]);
    expect(convergence.isBusy()).toBe(false);
  });

  it("starts over for a restart of what is under way", async () => {
    const { convergence, log } = createWorkshop(3);
    void convergence.want(wish("enabled"));
    await turns(1);
    await convergence.want(wish("enabled", true));
    expect(log).toEqual(["enabled interrupted", "enabled"]);
  });

  it("repeats a wish, without its restart, when asked again", async () => {
    const { convergence, log } = createWorkshop(1);
    await convergence.want(wish("enabled", true));
    await convergence.again();
    expect(log).toEqual(["enabled", "enabled"]);
    expect(convergence.wish()).toEqual(wish("enabled"));
  });

  it("still owes the restart that other wishes interrupted", async () => {
    const applied: Wish[] = [];
    const convergence = createConvergence(
      wish("enabled"),
      async (next, signal) => {
        for (let turn = 0; turn < 3 && !signal.aborted; turn += 1) await turns(1);
        if (!signal.aborted) applied.push(next);
      },
      () => undefined,
    );
    void convergence.want({ ...wish("enabled", true), process: true });
    await turns(1);
    void convergence.want(wish("disabled"));
    await convergence.want(wish("enabled"));
    expect(applied).toEqual([{ kind: "enabled", restart: true, process: true }]);
  });

  it("ends with the last wish, one piece of work at a time, however people change their mind", async () => {
    const step = fc.record({
      kind: fc.constantFrom<Wish["kind"]>("enabled", "disabled"),
      restart: fc.boolean(),
      pause: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { convergence, log, most } = createWorkshop(2);
        const all: Array<Promise<void>> = [];
        for (const { kind, restart, pause } of steps) {
          all.push(convergence.want(wish(kind, restart)));
          await turns(pause);
        }
        await Promise.all(all);
        expect(most()).toBe(1);
        expect(log.at(-1)).toBe(steps.at(-1)?.kind);
        expect(convergence.isBusy()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("takes no more wishes once stopped", async () => {
    const { convergence, log } = createWorkshop(100);
    void convergence.want(wish("enabled"));
    await turns(1);
    await convergence.stop();
    await convergence.want(wish("disabled"));
    expect(log).toEqual(["enabled interrupted"]);
  });

  it("can go on after a mistake", async () => {
    let broken = true;
    const convergence = createConvergence(
      wish("disabled"),
      async () => {
        if (broken) throw new Error("a mistake of ours");
      },
      () => undefined,
    );
    await expect(convergence.want(wish("enabled"))).rejects.toThrow("a mistake of ours");
    broken = false;
    await convergence.want(wish("enabled"));
    expect(convergence.isBusy()).toBe(false);
  });
});
