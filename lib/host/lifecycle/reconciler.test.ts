import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReconciler } from "./reconciler.ts";
import type { DesiredState } from "./reconciler.ts";

const wish = (kind: DesiredState["kind"], restart = false): DesiredState => ({
  kind,
  restart,
  process: false,
});
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Work that takes `duration` turns of the event loop, or ends at its interruption. */
function createWorkshop(duration: number) {
  const log: string[] = [];
  let inside = 0;
  let most = 0;
  const reconciler = createReconciler(
    wish("disabled"),
    async ({ kind }, signal) => {
      most = Math.max(most, (inside += 1));
      for (let turn = 0; turn < duration && !signal.aborted; turn += 1) await turns(1);
      log.push(signal.aborted ? `${kind} interrupted` : kind);
      inside -= 1;
    },
    () => undefined,
  );
  return { reconciler, log, most: () => most };
}

describe("the reconciler", () => {
  it("joins the same wish and lets a different one take over", async () => {
    const { reconciler, log } = createWorkshop(5);
    const first = reconciler.want(wish("enabled"));
    const same = reconciler.want(wish("enabled"));
    await turns(1);
    const other = reconciler.want(wish("disabled"));
    await Promise.all([first, same, other]);
    expect(log).toEqual(["enabled interrupted", "disabled"]);
    expect(reconciler.isBusy()).toBe(false);
  });

  it("starts over for a restart of what is under way", async () => {
    const { reconciler, log } = createWorkshop(3);
    void reconciler.want(wish("enabled"));
    await turns(1);
    await reconciler.want(wish("enabled", true));
    expect(log).toEqual(["enabled interrupted", "enabled"]);
  });

  it("repeats a wish, without its restart, when asked again", async () => {
    const { reconciler, log } = createWorkshop(1);
    await reconciler.want(wish("enabled", true));
    await reconciler.again();
    expect(log).toEqual(["enabled", "enabled"]);
    expect(reconciler.wish()).toEqual(wish("enabled"));
  });

  it("still owes the restart that other wishes interrupted", async () => {
    const applied: DesiredState[] = [];
    const reconciler = createReconciler(
      wish("enabled"),
      async (next, signal) => {
        for (let turn = 0; turn < 3 && !signal.aborted; turn += 1) await turns(1);
        if (!signal.aborted) applied.push(next);
      },
      () => undefined,
    );
    void reconciler.want({ ...wish("enabled", true), process: true });
    await turns(1);
    void reconciler.want(wish("disabled"));
    await reconciler.want(wish("enabled"));
    expect(applied).toEqual([{ kind: "enabled", restart: true, process: true }]);
  });

  it("ends with the last wish, one piece of work at a time, however people change their mind", async () => {
    const step = fc.record({
      kind: fc.constantFrom<DesiredState["kind"]>("enabled", "disabled"),
      restart: fc.boolean(),
      pause: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { reconciler, log, most } = createWorkshop(2);
        const all: Array<Promise<void>> = [];
        for (const { kind, restart, pause } of steps) {
          all.push(reconciler.want(wish(kind, restart)));
          await turns(pause);
        }
        await Promise.all(all);
        expect(most()).toBe(1);
        expect(log.at(-1)).toBe(steps.at(-1)?.kind);
        expect(reconciler.isBusy()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("takes no more wishes once stopped", async () => {
    const { reconciler, log } = createWorkshop(100);
    void reconciler.want(wish("enabled"));
    await turns(1);
    await reconciler.stop();
    await reconciler.want(wish("disabled"));
    expect(log).toEqual(["enabled interrupted"]);
  });

  it("can go on after a mistake", async () => {
    let broken = true;
    const reconciler = createReconciler(
      wish("disabled"),
      async () => {
        if (broken) throw new Error("a mistake of ours");
      },
      () => undefined,
    );
    await expect(reconciler.want(wish("enabled"))).rejects.toThrow("a mistake of ours");
    broken = false;
    await reconciler.want(wish("enabled"));
    expect(reconciler.isBusy()).toBe(false);
  });
});
