import { describe, expect, it } from "vitest";
import { toSparklinePath } from "./sparkline-path.ts";

const box = { width: 100, height: 22, slots: 11 };

describe("toSparklinePath", () => {
  it("puts the newest value at the right edge and scales from zero", () => {
    expect(toSparklinePath([0, 10], box)).toEqual({ line: "M90 21L100 1", failures: [] });
  });

  it("leaves a gap where a check failed and marks it", () => {
    expect(toSparklinePath([10, 10, null, 10, 10], box)).toEqual({
      line: "M60 1L70 1M90 1L100 1",
      failures: [80],
    });
  });

  it("shows a lone value as a dash", () => {
    expect(toSparklinePath([null, 10], box).line).toBe("M95 1H100");
  });

  it("draws nothing without values and forgets those older than its slots", () => {
    expect(toSparklinePath([], box)).toEqual({ line: "", failures: [] });
    expect(
      toSparklinePath(
        Array.from({ length: 40 }, () => null),
        box,
      ).failures,
    ).toHaveLength(11);
  });
});
