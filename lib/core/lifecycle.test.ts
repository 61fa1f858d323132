import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lifecycle } from "../contract/plugin.ts";
import { LIFECYCLE, nextLifecycle } from "./lifecycle.ts";
import type { LifecycleEvent } from "./lifecycle.ts";

const EVENTS: LifecycleEvent[] = [
  "enable",
  "identified",
  "initialized",
  "rolledBack",
  "fail",
  "disable",
  "drained",
  "park",
];

const follow = (events: LifecycleEvent[], from: Lifecycle = "disabled") =>
  events.reduce<Lifecycle>((state, event) => nextLifecycle(state, event) ?? state, from);

describe("the lifecycle", () => {
  it("goes the whole way up and down", () => {
    expect(follow(["enable", "identified", "initialized"])).toBe("ready");
    expect(follow(["enable", "identified", "initialized", "disable", "drained"])).toBe("disabled");
  });

  it("stays where it is when something impossible happens", () => {
    expect(nextLifecycle("disabled", "initialized")).toBeNull();
    expect(nextLifecycle("ready", "identified")).toBeNull();
    expect(nextLifecycle("failed", "initialized")).toBeNull();
  });

  it("can be switched off and on again from everywhere", () => {
    for (const state of Lifecycle.options) {
      expect(follow(["disable", "drained"], state)).toBe("disabled");
      expect(follow(["enable", "identified", "initialized"], state)).toBe("ready");
    }
  });

  it("goes on with what worked from every step of a start that is refused, and only from there", () => {
    expect(nextLifecycle("starting", "rolledBack")).toBe("ready");
    expect(nextLifecycle("initializing", "rolledBack")).toBe("ready");
    for (const state of ["disabled", "draining", "failed", "parked"] as const)
      expect(nextLifecycle(state, "rolledBack")).toBeNull();
  });

  it("is closed: any events lead to a known state", () => {
    expect(Object.keys(LIFECYCLE).sort()).toEqual([...Lifecycle.options].sort());
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        expect(Lifecycle.options).toContain(follow(events));
      }),
    );
  });

  it("never gets ready anew without having been identified and initialised since the last enable", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), (events) => {
        let state: Lifecycle = "disabled";
        let steps = 0;
        for (const event of events) {
          const next: Lifecycle | null = event === "rolledBack" ? null : nextLifecycle(state, event);
          if (next === null) continue;
          steps =
            event === "enable" ? 0 : steps + (event === "identified" || event === "initialized" ? 1 : 0);
          if (next === "ready") expect(steps).toBe(2);
          state = next;
        }
      }),
    );
  });
});
