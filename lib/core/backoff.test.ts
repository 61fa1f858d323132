import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./backoff.ts";

describe("the wait before another attempt", () => {
  it("doubles from 5 to 80 s and stays there", () => {
    const waits = [1, 2, 3, 4, 5, 6, 1000].map((attempt) => retryDelayMs(attempt, 0));
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 80_000, 80_000]);
  });

  it("is up to a fifth longer by chance, so that many plugins do not come back at once", () => {
    expect(retryDelayMs(1, 0.5)).toBe(5_500);
    expect(retryDelayMs(5, 0.999_999)).toBeLessThanOrEqual(96_000);
  });
});
