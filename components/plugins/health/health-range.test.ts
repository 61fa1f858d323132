import { describe, expect, it } from "vitest";
import { RANGE_NAMES, toRange, widen } from "./health-range.ts";

describe("toRange", () => {
  it("slides unless a stretch was dragged out", () => {
    expect(toRange({ range: "1h", from: null, to: null })).toEqual({ lastMs: 3_600_000 });
    expect(toRange({ range: "1h", from: 1_000_000, to: 1_060_000 })).toEqual({
      from: 1_000_000,
      to: 1_060_000,
    });
  });

  it.each([
    [5_000, null],
    [60_000, 1_000],
    [1_000, 1_001],
    [-20_000, 1_000],
    [0, 91 * 86_400_000],
  ])("ignores a senseless stretch from %o to %o", (from, to) => {
    expect(toRange({ range: "24h", from, to })).toEqual({ lastMs: 86_400_000 });
  });

  it("knows six ranges", () => {
    expect(RANGE_NAMES).toEqual(["15m", "1h", "6h", "24h", "7d", "30d"]);
  });
});

describe("widen", () => {
  it("makes a stretch that survives its own check", () => {
    const { from, to } = widen(1_000_000, 1_000_003);
    expect(toRange({ range: "1h", from, to })).toEqual({ from, to });
    expect((from + to) / 2).toBeCloseTo(1_000_001.5, 0);
    expect(widen(0, 60_000)).toEqual({ from: 0, to: 60_000 });
  });
});
