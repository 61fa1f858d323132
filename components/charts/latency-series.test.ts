import { describe, expect, it } from "vitest";
import type { HealthBucket } from "@/lib/contract/health.ts";
import { formatMs } from "../ui/numbers.ts";
import { isolatedPoints, LATENCY_STEPS, latencyCeiling, toLatencySeries } from "./latency-series.ts";

const checked = (at: number, ms: number): HealthBucket => ({
  at,
  p50Ms: ms,
  p95Ms: ms,
  minMs: ms,
  maxMs: ms,
  checks: 1,
  failures: 0,
});
const empty = (at: number): HealthBucket => ({
  at,
  p50Ms: null,
  p95Ms: null,
  minMs: null,
  maxMs: null,
  checks: 0,
  failures: 0,
});
const failed = (at: number): HealthBucket => ({ ...empty(at), checks: 1, failures: 1 });

const toSeries = (buckets: HealthBucket[], bucketMs: number, intervalSeconds: number) =>
  toLatencySeries({ from: 0, to: 1_000_000, buckets, bucketMs, intervalSeconds });

describe("toLatencySeries", () => {
  it("puts points in the middle of their bucket", () => {
    const series = toSeries([checked(0, 5), checked(10_000, 7)], 10_000, 5);
    expect(series.at).toEqual([5_000, 15_000]);
    expect(series.p50).toEqual([5, 7]);
  });

  it("keeps the bucket under way inside the range", () => {
    const running = toLatencySeries({
      from: 4_000,
      to: 11_000,
      buckets: [checked(0, 1), checked(10_000, 1)],
      bucketMs: 10_000,
      intervalSeconds: 5,
    });
    expect(running.at).toEqual([5_000, 11_000]);
  });

  it("keeps a gap where nothing was measured", () => {
    const buckets = [checked(0, 5), empty(60_000), empty(120_000), checked(180_000, 5)];
    expect(toSeries(buckets, 60_000, 5).p50).toEqual([5, null, null, 5]);
    expect(toSeries(buckets, 60_000, 60).p50).toEqual([5, null, null, 5]);
  });

  it("does not call a drifting check a gap", () => {
    const buckets = [checked(0, 5), empty(5_000), checked(10_000, 6)];
    expect(toSeries(buckets, 5_000, 5).p50).toEqual([5, 6]);
  });

  it("breaks the line at a failed check however short the buckets are", () => {
    const buckets = [checked(0, 5), failed(5_000), checked(10_000, 6)];
    expect(toSeries(buckets, 5_000, 5).p50).toEqual([5, null, 6]);
  });

  it("keeps a measured 0", () => {
    expect(toSeries([checked(0, 0)], 5_000, 5).p50).toEqual([0]);
  });
});

describe("isolatedPoints", () => {
  it("finds values that no line reaches", () => {
    expect(isolatedPoints([1, null, 2, 3, null, 0])).toEqual([0, 5]);
    expect(isolatedPoints([null, undefined])).toEqual([]);
    expect(isolatedPoints([4])).toEqual([0]);
  });
});

describe("latencyCeiling", () => {
  it("leaves air above the tallest value and does not magnify noise", () => {
    const series = (ms: number) => toSeries([checked(0, ms)], 1000, 5);
    expect(latencyCeiling(series(200))).toBeCloseTo(220);
    expect(latencyCeiling(series(0.4))).toBe(10);
  });
});

describe("LATENCY_STEPS", () => {
  const UNITS: Record<string, number> = { ms: 1, s: 1_000, min: 60_000 };
  /** What a label says, ms. */
  const read = (label: string) =>
    [...label.matchAll(/([\d.]+)\s(ms|s|min)/g)].reduce(
      (sum, [, figure, unit]) => sum + Number(figure) * (UNITS[unit ?? ""] ?? NaN),
      0,
    );

  it("gives the axis labels that say exactly where they stand", () => {
    for (const step of LATENCY_STEPS) {
      for (let tick = 1; tick <= 9; tick += 1) {
        expect(read(formatMs(step * tick)), `${tick} × ${step}`).toBeCloseTo(step * tick, 6);
      }
    }
  });
});
