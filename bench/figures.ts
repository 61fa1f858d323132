import { percentile } from "../lib/core/buckets.ts";

/** "1.2" for small figures, "123" for larger ones; milliseconds. */
export function ms(value: number | null): string {
  if (value === null) return "—";
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** Nearest-rank percentile of figures in any order, `p` from 0 to 1; null for none. */
export function percentileOf(values: readonly number[], p: number): number | null {
  return percentile(
    values.toSorted((a, b) => a - b),
    p,
  );
}
