/** What is drawn: the last half hour, ms. */
export const WINDOW_MS = 30 * 60_000;
/** Size of the drawing, px. */
export const BOX = { width: 160, height: 24 };
/** Longer without a measurement, ms: nothing ran, and nothing is drawn. They are 5 s apart. */
const GAP_MS = 15_000;

/** One measurement. `at` in epoch ms; null values are gaps. */
export interface Point {
  at: number;
  value: number | null;
}

/** Pixel of an instant; the newest is at the right edge. */
export function toX(at: number, now: number): number {
  return round(BOX.width - ((now - at) / WINDOW_MS) * BOX.width);
}

/** Runs of measurements without a gap, each as an SVG path, from 0 at the bottom to the highest at the top. */
export function toPaths(points: readonly Point[], now: number): string[] {
  const most = Math.max(...points.map(({ value }) => value ?? 0), Number.MIN_VALUE);
  const toY = (value: number) => round(BOX.height - 1 - (value / most) * (BOX.height - 3));
  const runs: string[][] = [];
  let lastAt = -Infinity;
  for (const { at, value } of points) {
    if (value === null || at < now - WINDOW_MS) continue;
    if (at - lastAt > GAP_MS) runs.push([]);
    lastAt = at;
    runs.at(-1)?.push(`${toX(at, now)} ${toY(value)}`);
  }
  return runs.filter((run) => run.length > 1).map((run) => `M${run.join("L")}`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
