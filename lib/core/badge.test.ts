import { describe, expect, it } from "vitest";
import { Badge, Desired, HealthState, Lifecycle } from "../contract/plugin.ts";
import { needsAttention, toBadge, toReason } from "./badge.ts";
import type { Situation } from "./badge.ts";

const RUNNING: Situation = {
  desired: "enabled",
  lifecycle: "ready",
  health: "up",
  problem: null,
  failures: 0,
  waitsForPerson: false,
  ejection: null,
  activeChats: 0,
};
const problem = { message: "Nothing answers at 127.0.0.1:8090", hint: "Start it" };

const ejection = { failures: 5, error: { message: "127.0.0.1:8090 answered with 502" } };

describe("the badge", () => {
  it.each([
    [{}, "healthy"],
    [{ health: "degraded" }, "degraded"],
    [{ health: "down" }, "down"],
    [{ health: "unknown" }, "unknown"],
    [{ lifecycle: "starting", health: "down" }, "starting"],
    [{ lifecycle: "initializing" }, "starting"],
    [{ lifecycle: "failed", health: "up" }, "failed"],
    [{ lifecycle: "parked" }, "parked"],
    [{ lifecycle: "disabled", desired: "disabled" }, "disabled"],
    [{ lifecycle: "draining", desired: "disabled" }, "disabled"],
    [{ lifecycle: "disabled" }, "starting"],
    [{ lifecycle: "draining" }, "starting"],
  ] as const)("%j is %s", (axes, badge) => {
    expect(toBadge({ ...RUNNING, ...axes })).toBe(badge);
  });

  it("is never healthy unless the plugin is ready and up, and always has a word", () => {
    for (const desired of Desired.options) {
      for (const lifecycle of Lifecycle.options) {
        for (const health of HealthState.options) {
          const badge = toBadge({ desired, lifecycle, health });
          expect(Badge.options).toContain(badge);
          expect(badge === "healthy").toBe(lifecycle === "ready" && health === "up");
        }
      }
    }
  });
});

describe("what needs attention", () => {
  it.each([
    ["healthy", null, false],
    ["healthy", ejection, true],
    ["degraded", null, true],
    ["down", null, true],
    ["failed", null, true],
    ["parked", null, true],
    ["unknown", null, false],
    ["starting", ejection, false],
    ["disabled", ejection, false],
  ] as const)("%s with ejection %j: %s", (badge, ejection, expected) => {
    expect(needsAttention({ badge, ejection })).toBe(expected);
  });
});

describe("the reason", () => {
  it.each([
    [{}, null],
    [{ ejection }, "Its checks pass, but the last 5 chats failed: 127.0.0.1:8090 answered with 502."],
    [{ lifecycle: "disabled", desired: "disabled" }, null],
    [{ health: "unknown" }, "Not checked yet."],
    [
      { health: "unknown", failures: 1, problem },
      "Nothing answers at 127.0.0.1:8090. Its check failed (1 of 3 in a row that make it Down).",
    ],
    [
      { health: "degraded", failures: 1, problem },
      "Nothing answers at 127.0.0.1:8090. Its check failed (1 of 3 in a row that make it Down).",
    ],
    [
      { health: "degraded", failures: 2, problem },
      "Nothing answers at 127.0.0.1:8090. 2 of 3 checks in a row failed; the next one makes it Down.",
    ],
    [{ health: "down", failures: 3, problem }, "Nothing answers at 127.0.0.1:8090."],
    [{ health: "down" }, "It has just answered again."],
    [{ lifecycle: "failed", problem }, "Nothing answers at 127.0.0.1:8090."],
    [{ lifecycle: "failed", problem, waitsForPerson: true }, "Nothing answers at 127.0.0.1:8090. Start it."],
    [
      { lifecycle: "draining", desired: "disabled", activeChats: 2 },
      "Waiting for 2 running chats, then it is off.",
    ],
    [{ lifecycle: "draining" }, "Restarting."],
    [{ lifecycle: "disabled" }, "Waiting for its turn to start."],
  ] as const)("of %j", (situation, reason) => {
    expect(toReason({ ...RUNNING, ...situation })).toBe(reason);
  });

  it("exists for everything that is neither healthy nor switched off", () => {
    for (const lifecycle of Lifecycle.options) {
      for (const health of HealthState.options) {
        const situation = { ...RUNNING, lifecycle, health };
        expect(toReason(situation) === null).toBe(toBadge(situation) === "healthy");
      }
    }
  });
});
