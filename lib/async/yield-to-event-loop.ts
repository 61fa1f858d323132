/** What this needs of a clock. */
interface TurnClock {
  /** Monotonic ms with fractions. */
  monotonic(): number;
  /** Resolves after `ms`. */
  sleep(ms: number): Promise<void>;
}

/** Work goes on for so long before everybody else gets a turn, ms. */
const TURN_MS = 8;
const BREATH_MS = 1;

/**
 * Call it between the pieces of a long work: it lets the event loop turn once the work has held it for a while. The database
 * answers without ever leaving its turn, so a thousand writes in a row would hold up every request.
 */
export function createBreath(clock: TurnClock): () => Promise<void> {
  let since = clock.monotonic();
  return async () => {
    if (clock.monotonic() - since < TURN_MS) return;
    await clock.sleep(BREATH_MS);
    since = clock.monotonic();
  };
}
