import type { HealthState } from "../contract/plugin.ts";

/** Consecutive results that turn a plugin down or up again (reliability.md, Numbers to hold). */
export const FAILURES_TO_DOWN = 3;
const SUCCESSES_TO_UP = 2;

/** What the checks say so far. Counters are consecutive and stop mattering at their threshold. */
export interface Verdict {
  health: HealthState;
  failures: number;
  successes: number;
}

export const UNKNOWN: Verdict = { health: "unknown", failures: 0, successes: 0 };

/** The verdict after one more check. A single failure never turns anything down. */
export function nextVerdict(verdict: Verdict, ok: boolean): Verdict {
  return ok ? afterSuccess(verdict) : afterFailure(verdict);
}

/**
 * The verdict after a check that the plugin answered with "too many requests": it is there, and its limit passes. That alone never turns
 * anything down.
 */
export function afterRateLimit(): Verdict {
  return { health: "degraded", failures: 0, successes: 0 };
}

function afterSuccess({ health, successes }: Verdict): Verdict {
  const count = Math.min(successes + 1, SUCCESSES_TO_UP);
  const up = health !== "down" || count >= SUCCESSES_TO_UP;
  return { health: up ? "up" : "down", failures: 0, successes: count };
}

function afterFailure({ health, failures }: Verdict): Verdict {
  const count = Math.min(failures + 1, FAILURES_TO_DOWN);
  if (count >= FAILURES_TO_DOWN) return { health: "down", failures: count, successes: 0 };
  return { health: health === "up" ? "degraded" : health, failures: count, successes: 0 };
}

/** True while a person waits for the answer: a first check failed, or a plugin that was down has just answered. */
export function isConfirming({ health, failures, successes }: Verdict): boolean {
  return (health === "unknown" && failures > 0) || (health === "down" && successes > 0);
}
