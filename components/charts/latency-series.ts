import type { HealthBucket, HealthReport } from "@/lib/contract/health.ts";

/** What the chart draws: one entry per point, x in epoch ms, latencies in ms, null where the line breaks. */
export interface LatencySeries {
  at: number[];
  p50: Array<number | null>;
  p95: Array<number | null>;
  min: Array<number | null>;
  max: Array<number | null>;
  /** The bucket behind each point. */
  buckets: HealthBucket[];
}

type Checked = Pick<HealthReport, "from" | "to" | "buckets" | "bucketMs" | "intervalSeconds">;

/**
 * Points stand in the middle of their bucket, inside the range. A bucket without checks breaks the line, with one exception: checks
 * drift by their own duration, so where buckets are hardly longer than the interval a lone empty one means nothing.
 */
export function toLatencySeries({ from, to, buckets, bucketMs, intervalSeconds }: Checked): LatencySeries {
  const drifting = bucketMs < intervalSeconds * 2000;
  const drawn = buckets.filter((_, index) => !(drifting && isLoneGap(buckets, index)));
  return {
    at: drawn.map((bucket) => Math.min(Math.max(bucket.at + bucketMs / 2, from), to)),
    p50: drawn.map((bucket) => bucket.p50Ms),
    p95: drawn.map((bucket) => bucket.p95Ms),
    min: drawn.map((bucket) => bucket.minMs),
    max: drawn.map((bucket) => bucket.maxMs),
    buckets: drawn,
  };
}

function isLoneGap(buckets: HealthBucket[], index: number): boolean {
  const isChecked = (at: number) => (buckets[at]?.checks ?? 0) > 0;
  return !isChecked(index) && isChecked(index - 1) && isChecked(index + 1);
}

/** Indices of values without a neighbour: a line cannot show them, so they are drawn as dots. */
export function isolatedPoints(values: ReadonlyArray<number | null | undefined>): number[] {
  const isDrawn = (index: number) => values[index] !== null && values[index] !== undefined;
  return [...values.keys()].filter((index) => isDrawn(index) && !isDrawn(index - 1) && !isDrawn(index + 1));
}

/** Top of the y axis, ms: a tenth above the tallest value, and never so low that noise looks like drama. */
export function latencyCeiling(series: LatencySeries): number {
  const tallest = series.max.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  return Math.max(tallest * 1.1, 10);
}

/** Distances of the lines across the chart, ms. Without 2.5 and its kin, which would stand at 12.5 ms and be called 13. */
export const LATENCY_STEPS: number[] = [1, 10, 100, 1_000, 10_000].flatMap((unit) => [
  unit,
  2 * unit,
  5 * unit,
]);
