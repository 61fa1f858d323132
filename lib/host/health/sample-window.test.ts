import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sample } from "../../contract/health.ts";
import { summarize } from "../../core/buckets.ts";
import { createSampleWindow } from "./sample-window.ts";

const DAY = 24 * 60 * 60 * 1000;

const samplesOf = (latencies: Array<number | null>, stepMs: number): Sample[] =>
  latencies.map((latencyMs, index) => ({
    at: index * stepMs,
    ok: latencyMs !== null,
    latencyMs,
    code: null,
  }));

describe("the window of the last 24 h", () => {
  it("says what the summary of the same samples says", () => {
    const latency = fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(latency, { maxLength: 300 }),
        fc.integer({ min: 0, max: 2 * DAY }),
        (latencies, now) => {
          const samples = samplesOf(latencies, 1_000_000);
          const window = createSampleWindow();
          for (const sample of samples) window.add(sample);
          const { p50Ms, p95Ms, uptime } = summarize(samples.filter(({ at }) => at >= now - DAY));
          expect(window.stats(now)).toMatchObject({ p50Ms, p95Ms, uptime });
        },
      ),
    );
  });

  it("draws the newest 60 checks, oldest first, failures as null", () => {
    const window = createSampleWindow();
    const latencies = Array.from({ length: 100 }, (_, index) => (index % 10 === 0 ? null : index));
    for (const sample of samplesOf(latencies, 1000)) window.add(sample);
    expect(window.stats(100_000).sparkline).toEqual(latencies.slice(40));
  });

  it("takes the stored history in front of what was learnt meanwhile, each check once", () => {
    const window = createSampleWindow();
    const samples = samplesOf([1, 2, 3, 4], 1000);
    for (const sample of samples.slice(2)) window.add(sample);
    window.warm(samples.slice(0, 3));
    expect(window.stats(4_000).sparkline).toEqual([1, 2, 3, 4]);
  });

  it("computes nothing between two checks", () => {
    const window = createSampleWindow();
    for (const sample of samplesOf([1, 2, 3], 1000)) window.add(sample);
    expect(window.stats(3_000)).toBe(window.stats(4_000));
  });
});
