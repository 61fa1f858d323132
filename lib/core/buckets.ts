import { MAX_BUCKETS } from "../contract/health.ts";
import type { HealthBucket, HealthReport, Sample } from "../contract/health.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Widths a person can read off an axis. */
const NICE_WIDTHS_MS = [
  ...[5_000, 10_000, 15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  DAY,
];

/**
 * Value at share `p` (0–1) by nearest rank: the smallest value such that at least that share of all values is not
 * above it. Always one of the values, never an interpolation; null for an empty list. `sorted` is ascending.
 */
export function percentile(sorted: ArrayLike<number>, p: number): number | null {
  const rank = Math.max(1, Math.ceil(p * sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? null;
}

/** Width for a range: nice, at most `MAX_BUCKETS` of them, never finer than the checks come. */
export function bucketWidthMs(from: number, to: number, intervalMs: number): number {
  const fits = (width: number) => width >= intervalMs && countBuckets(from, to, width) <= MAX_BUCKETS;
  const nice = NICE_WIDTHS_MS.find(fits);
  if (nice !== undefined) return nice;
  const days = Math.ceil(Math.max(intervalMs, (to - from) / (MAX_BUCKETS - 1)) / DAY);
  return days * DAY;
}

function countBuckets(from: number, to: number, width: number): number {
  return Math.ceil(to / width) - Math.floor(from / width);
}

/** Epoch ms, and how often the plugin is checked. */
export interface ChartRange {
  from: number;
  to: number;
  intervalSeconds: number;
}

/**
 * Points of the chart for `from` ≤ at < `to` (epoch ms). Buckets start at multiples of their width, so that a chart
 * that moves on does not flicker. One without a passed check has null latencies: a gap, never 0.
 * Latencies are those of passed checks; a plugin that fails fast is not a fast plugin.
 */
export function toBuckets(
  samples: readonly Sample[],
  { from, to, intervalSeconds }: ChartRange,
): { bucketMs: number; buckets: HealthBucket[] } {
  const bucketMs = bucketWidthMs(from, to, intervalSeconds * 1000);
  const first = Math.floor(from / bucketMs);
  const groups = Array.from({ length: countBuckets(from, to, bucketMs) }, (): Sample[] => []);
  for (const sample of samples) {
    if (sample.at < from || sample.at >= to) continue;
    groups[Math.floor(sample.at / bucketMs) - first]?.push(sample);
  }
  return { bucketMs, buckets: groups.map((group, index) => toBucket((first + index) * bucketMs, group)) };
}

function toBucket(at: number, samples: readonly Sample[]): HealthBucket {
  const latencies = sortedLatencies(samples);
  return {
    at,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    minMs: latencies[0] ?? null,
    maxMs: latencies.at(-1) ?? null,
    checks: samples.length,
    failures: countFailures(samples),
  };
}

/** The figures under the chart, from the samples themselves. `uptime` is passed ÷ all checks, null without any. */
export function summarize(samples: readonly Sample[]): HealthReport["summary"] {
  const latencies = sortedLatencies(samples);
  const failures = countFailures(samples);
  return {
    checks: samples.length,
    failures,
    uptime: samples.length === 0 ? null : (samples.length - failures) / samples.length,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
  };
}

/** Latencies of passed checks, ascending. */
function sortedLatencies(samples: readonly Sample[]): Float64Array {
  const latencies: number[] = [];
  for (const { ok, latencyMs } of samples) if (ok && latencyMs !== null) latencies.push(latencyMs);
  return new Float64Array(latencies).sort();
}

function countFailures(samples: readonly Sample[]): number {
  return samples.reduce((count, { ok }) => count + (ok ? 0 : 1), 0);
}
