import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterRateLimit, isConfirming, nextVerdict, UNKNOWN } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** "+" is a passed check, "-" a failed one. */
const after = (checks: string, from: Verdict = UNKNOWN) =>
  Array.from(checks).reduce((verdict, check) => nextVerdict(verdict, check === "+"), from);

describe("the verdict", () => {
  it.each([
    ["", "unknown"],
    ["+", "up"],
    ["-", "unknown"],
    ["--", "unknown"],
    ["---", "down"],
    ["-+", "up"],
    ["+-", "degraded"],
    ["+--", "degraded"],
    ["+---", "down"],
    ["+-+", "up"],
    ["+--+--+--", "degraded"],
    ["+---+", "down"],
    ["+---+-+", "down"],
    ["+---++", "up"],
    ["+---++-", "degraded"],
  ])("after %j it is %s", (checks, health) => {
    expect(after(checks).health).toBe(health);
  });

  it("never goes down without three failures in a row, and never comes back without two successes", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (checks) => {
        let verdict = UNKNOWN;
        checks.forEach((ok, index) => {
          const before = verdict.health;
          verdict = nextVerdict(verdict, ok);
          if (before !== "down" && verdict.health === "down") {
            expect(checks.slice(index - 2, index + 1)).toEqual([false, false, false]);
          }
          if (before === "down" && verdict.health !== "down") {
            expect(checks.slice(index - 1, index + 1)).toEqual([true, true]);
          }
        });
      }),
    );
  });

  it("is degraded after any number of refusals for too many requests, and up again with the next check", () => {
    expect(afterRateLimit().health).toBe("degraded");
    expect(after("--", afterRateLimit()).health).toBe("degraded");
    expect(after("+", afterRateLimit()).health).toBe("up");
  });

  it("is worth a quick second look while somebody waits for it", () => {
    expect(["-", "--", "---+"].map((checks) => isConfirming(after(checks)))).toEqual([true, true, true]);
    expect(["", "+", "+-", "---", "---++"].map((checks) => isConfirming(after(checks)))).toEqual(
      Array(5).fill(false),
    );
  });
});
