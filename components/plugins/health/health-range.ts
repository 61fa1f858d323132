import type { RangeChoice } from "@/lib/client/queries.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The ranges that slide with time, by their name in the URL. */
export const RANGES = {
  "15m": { label: "15 min", words: "Last 15 minutes", lastMs: 15 * MINUTE },
  "1h": { label: "1 h", words: "Last hour", lastMs: HOUR },
  "6h": { label: "6 h", words: "Last 6 hours", lastMs: 6 * HOUR },
  "24h": { label: "24 h", words: "Last 24 hours", lastMs: DAY },
  "7d": { label: "7 d", words: "Last 7 days", lastMs: 7 * DAY },
  "30d": { label: "30 d", words: "Last 30 days", lastMs: 30 * DAY },
} as const;

export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];

export const LAST_HOUR: RangeChoice = { lastMs: HOUR };
export const LAST_DAY: RangeChoice = { lastMs: DAY };

/** Shorter than this a stretch holds no more than a check or two. */
const MIN_ZOOM_MS = 10_000;
/** Health is kept for 90 days and asked for in stretches no longer than that. */
const MAX_ZOOM_MS = 90 * DAY;

/** What the URL asks for: a stretch dragged out of the chart, else a sliding range. A senseless stretch is ignored. */
export function toRange(query: { range: RangeName; from: number | null; to: number | null }): RangeChoice {
  const { range, from, to } = query;
  if (from !== null && to !== null && from >= 0 && to - from >= MIN_ZOOM_MS && to - from <= MAX_ZOOM_MS) {
    return { from, to };
  }
  return { lastMs: RANGES[range].lastMs };
}

/** A dragged stretch, widened around its middle when it is too short to show anything. */
export function widen(from: number, to: number): { from: number; to: number } {
  const missing = Math.max(0, MIN_ZOOM_MS - (to - from));
  return { from: Math.floor(from - missing / 2), to: Math.ceil(to + missing / 2) };
}
