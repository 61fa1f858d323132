/** Waits between attempts to enable a plugin that is wanted but fails: 5, 10, 20, 40, 80, 80 … seconds. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 80_000;

/** Share by which a wait may be longer, so that plugins that failed together do not come back together. */
const JITTER = 0.2;

/**
 * Ms before attempt number `attempt` (1 is the first retry), 5–96 s.
 * @param random a number in [0, 1), as from `Math.random`
 */
export function retryDelayMs(attempt: number, random: number): number {
  const plain = Math.min(FIRST_RETRY_MS * 2 ** (Math.max(1, attempt) - 1), LAST_RETRY_MS);
  return Math.round(plain * (1 + JITTER * random));
}
