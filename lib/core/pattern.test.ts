import { describe, expect, it } from "vitest";
import { matchPattern, patternProblem } from "./pattern.ts";

describe("a pattern", () => {
  it("matches anywhere unless it is anchored", () => {
    expect(matchPattern("b", "abc")).toBe("match");
    expect(matchPattern("^b", "abc")).toBe("mismatch");
  });

  it("that cannot be read checks nothing and says why", () => {
    expect(matchPattern("(?=a)", "b")).toBe("unknown");
    expect(matchPattern("a".repeat(1_001), "b")).toBe("unknown");
    expect(patternProblem("a".repeat(1_001))).toContain("1001 characters");
  });

  it("is not tried on a text that would cost too much", () => {
    expect(matchPattern("(a?){100}a{100}", "a".repeat(1_000_000))).toEqual({
      tooLong: expect.any(Number) as number,
    });
    expect(matchPattern("^(a+)+$", "a".repeat(16_384))).toBe("match");
  });

  it("gives the same answer after thousands of others", () => {
    for (let index = 0; index < 3_000; index++)
      expect(matchPattern(`^x${index}$`, `x${index}`)).toBe("match");
    expect(matchPattern("^x0$", "x0")).toBe("match");
  });
});
