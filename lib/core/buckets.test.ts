import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_BUCKETS } from "../contract/health.ts";
import type { Sample } from "../contract/health.ts";
import { bucketWidthMs, percentile, summarize, toBuckets } from "./buckets.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOON = Date.UTC(2026, 0, 1, 12);

const passed = (at: number, latencyMs: number): Sample => ({ at, ok: true, latencyMs, code: null });
const failed = (at: number, latencyMs: number | null = null): Sample => ({
  at,
  ok: false,
  latencyMs,
  code: "x",
});

describe("a percentile", () => {
  it("is the smallest value with at least that share at or below it", () => {
    const latency = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, p) => {
          const sorted = values.toSorted((a, b) => a - b);
          const naive = sorted.find(
            (value) => values.filter((other) => other <= value).length >= p * values.length,
          );
          expect(percentile(sorted, p)).toBe(naive);
        },
      ),
    );
  });

  it("of nothing is null", () => {
    expect(percentile([], 0.5)).toBeNull();
  });
});

describe("buckets", () => {
  it("cover the range, with gaps where nothing passed", () => {
    const from = NOON;
    const to = NOON + 5 * MINUTE;
    const samples = [
      passed(from, 10),
      passed(from + 30_000, 30),
      failed(from + MINUTE),
      passed(from + 3 * MINUTE, 5),
    ];
    const { bucketMs, buckets } = toBuckets(samples, { from, to, intervalSeconds: 60 });
    expect(bucketMs).toBe(MINUTE);
    expect(buckets).toEqual([
      { at: from, p50Ms: 10, p95Ms: 30, minMs: 10, maxMs: 30, checks: 2, failures: 0 },
      { at: from + MINUTE, p50Ms: null, p95Ms: null, minMs: null, maxMs: null, checks: 1, failures: 1 },
      { at: from + 2 * MINUTE, p50Ms: null, p95Ms: null, minMs: null, maxMs: null, checks: 0, failures: 0 },
      { at: from + 3 * MINUTE, p50Ms: 5, p95Ms: 5, minMs: 5, maxMs: 5, checks: 1, failures: 0 },
      { at: from + 4 * MINUTE, p50Ms: null, p95Ms: null, minMs: null, maxMs: null, checks: 0, failures: 0 },
    ]);
  });

  it("do not count the latency of a fast failure", () => {
    const { buckets } = toBuckets([passed(NOON, 100), failed(NOON + 1, 1)], {
      from: NOON,
      to: NOON + 1000,
      intervalSeconds: 60,
    });
    expect(buckets[0]).toMatchObject({ p50Ms: 100, minMs: 100, checks: 2, failures: 1 });
  });

  it.each([
    ["an hour, every minute", 60 * MINUTE, 60, MINUTE],
    ["an hour, every 5 s", 60 * MINUTE, 5, 10_000],
    ["a day, every 5 s", DAY, 5, 5 * MINUTE],
    ["a week, every minute", 7 * DAY, 60, 30 * MINUTE],
    ["90 days", 90 * DAY, 60, 6 * 60 * MINUTE],
    ["a minute, every hour", MINUTE, 3600, 60 * MINUTE],
  ])("have a readable width: %s", (_name, span, intervalSeconds, width) => {
    expect(bucketWidthMs(NOON - span, NOON, intervalSeconds * 1000)).toBe(width);
  });

  it("are at most 600, never finer than the checks, aligned, and lose no sample", () => {
    const range = fc.record({
      from: fc.integer({ min: 0, max: NOON }),
      span: fc.integer({ min: 1, max: 400 * DAY }),
      intervalSeconds: fc.integer({ min: 5, max: 3600 }),
      places: fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true })),
    });
    fc.assert(
      fc.property(range, ({ from, span, intervalSeconds, places }) => {
        const to = from + span;
        const samples = places.map((place) => passed(from + Math.floor(place * span), 1));
        const { bucketMs, buckets } = toBuckets(samples, { from, to, intervalSeconds });
        expect(buckets.length).toBeLessThanOrEqual(MAX_BUCKETS);
        expect(bucketMs).toBeGreaterThanOrEqual(intervalSeconds * 1000);
        expect(buckets.every(({ at }) => at % bucketMs === 0)).toBe(true);
        expect(buckets.reduce((sum, { checks }) => sum + checks, 0)).toBe(samples.length);
        expect(buckets[0]?.at).toBeLessThanOrEqual(from);
        expect((buckets.at(-1)?.at ?? 0) + bucketMs).toBeGreaterThanOrEqual(to);
      }),
    );
  });
});

describe("the summary", () => {
  it("counts samples, not buckets", () => {
    expect(summarize([passed(0, 10), passed(1, 20), passed(2, 30), failed(3, 1)])).toEqual({
      checks: 4,
      failures: 1,
      uptime: 0.75,
      p50Ms: 20,
      p95Ms: 30,
    });
  });

  it("knows nothing without checks", () => {
    expect(summarize([])).toEqual({ checks: 0, failures: 0, uptime: null, p50Ms: null, p95Ms: null });
  });

  it("says 100 % only when every check passed", () => {
    const samples = Array.from({ length: 100_000 }, (_, at) => passed(at, 1));
    expect(summarize(samples).uptime).toBe(1);
    expect(summarize([...samples, failed(-1)]).uptime).toBeLessThan(1);
  });
});
