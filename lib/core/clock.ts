/**
 * Time, passed in. The real one is made in `server.ts`; tests drive a fake one.
 * Nothing else in the console reads a clock or sets a timer.
 */
export interface Clock {
  /** Wall clock, epoch ms. For stamps that people see; may jump. */
  now(): number;
  /** Monotonic ms with fractions. For durations. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * A signal that aborts after `ms` with a `TimeoutError`; call `clear` when the work is done, so that no timer is left. Found late,
   * because the process was busy, it waits as long again (at most `ms`): what arrived meanwhile counts as in time.
   */
  deadline(ms: number): { signal: AbortSignal; clear(): void };
}
