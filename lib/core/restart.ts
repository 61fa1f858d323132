/** When a plugin's process that ended is started again (`reliability.md`, crash loop). */
export const RESTART = {
  /** At most this many starts … */
  maxStarts: 15,
  /** … within this time, ms; then it is parked until a person starts it. */
  windowMs: 10 * 60_000,
  /** A process that ran this long, ms, is well again: the next end counts as the first. */
  stableMs: 10 * 60_000,
  /** Longest wait between an end and the next start, ms. */
  maxWaitMs: 60_000,
} as const;

/** What is remembered of a process's starts. Monotonic ms. */
export interface StartHistory {
  /** Starts within the last `RESTART.windowMs`, oldest first. */
  starts: readonly number[];
  /** Ends since it last was well. */
  ends: number;
}

export const NEVER_STARTED: StartHistory = { starts: [], ends: 0 };

/** The history after a start at `nowMs`. */
export function recordStart({ starts, ends }: StartHistory, nowMs: number): StartHistory {
  return { starts: [...starts.filter((at) => at > nowMs - RESTART.windowMs), nowMs], ends };
}

/** The history after the process that started last ended at `nowMs`. */
export function recordEnd({ starts, ends }: StartHistory, nowMs: number): StartHistory {
  const wasStable = nowMs - (starts.at(-1) ?? nowMs) >= RESTART.stableMs;
  return { starts, ends: wasStable ? 1 : ends + 1 };
}

/**
 * What to do after an end: wait 0, 1, 2, 4 … 60 s and start again, or park when the next start would be one too many.
 */
export function planRestart(
  { starts, ends }: StartHistory,
  nowMs: number,
): { kind: "start"; afterMs: number } | { kind: "park" } {
  const afterMs = ends <= 1 ? 0 : Math.min(RESTART.maxWaitMs, 1_000 * 2 ** (ends - 2));
  const recent = starts.filter((at) => at > nowMs + afterMs - RESTART.windowMs);
  return recent.length < RESTART.maxStarts ? { kind: "start", afterMs } : { kind: "park" };
}
