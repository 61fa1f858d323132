import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Reconciler } from "./reconciler.ts";
import type { DesiredState } from "./reconciler.ts";

const desired = (kind: DesiredState["kind"], restart = false): DesiredState => ({
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
  const reconciler = new Reconciler(
    desired("disabled"),
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
  it("joins the same request and lets a different one take over", async () => {
    const { reconciler, log } = createWorkshop(5);
    const first = reconciler.request(desired("enabled"));
    const same = reconciler.request(desired("enabled"));
    await turns(1);
    const other = reconciler.request(desired("disabled"));
    await Promise.all([first, same, other]);
    expect(log).toEqual(["enabled interrupted", "disabled"]);
    expect(reconciler.isBusy()).toBe(false);
  });

  it("starts over for a restart of what is under way", async () => {
    const { reconciler, log } = createWorkshop(3);
    void reconciler.request(desired("enabled"));
    await turns(1);
    await reconciler.request(desired("enabled", true));
    expect(log).toEqual(["enabled interrupted", "enabled"]);
  });

  it("repeats the desired state, without its restart, on a retry", async () => {
    const { reconciler, log } = createWorkshop(1);
    await reconciler.request(desired("enabled", true));
    await reconciler.retry();
    expect(log).toEqual(["enabled", "enabled"]);
    expect(reconciler.desired()).toEqual(desired("enabled"));
  });

  it("still owes the restart that other requests interrupted", async () => {
    const applied: DesiredState[] = [];
    const reconciler = new Reconciler(
      desired("enabled"),
      async (next, signal) => {
        for (let turn = 0; turn < 3 && !signal.aborted; turn += 1) await turns(1);
        if (!signal.aborted) applied.push(next);
      },
      () => undefined,
    );
    void reconciler.request({ ...desired("enabled", true), process: true });
    await turns(1);
    void reconciler.request(desired("disabled"));
    await reconciler.request(desired("enabled"));
    expect(applied).toEqual([{ kind: "enabled", restart: true, process: true }]);
  });

  it("ends with the last desired state, one piece of work at a time, however people change their mind", async () => {
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
          all.push(reconciler.request(desired(kind, restart)));
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

  it("takes no more requests once stopped", async () => {
    const { reconciler, log } = createWorkshop(100);
    void reconciler.request(desired("enabled"));
    await turns(1);
    await reconciler.stop();
    await reconciler.request(desired("disabled"));
    expect(log).toEqual(["enabled interrupted"]);
  });

  it("can go on after a mistake", async () => {
    let broken = true;
    const reconciler = new Reconciler(
      desired("disabled"),
      async () => {
        if (broken) throw new Error("a mistake of ours");
      },
      () => undefined,
    );
    await expect(reconciler.request(desired("enabled"))).rejects.toThrow("a mistake of ours");
    broken = false;
    await reconciler.request(desired("enabled"));
    expect(reconciler.isBusy()).toBe(false);
  });
});
