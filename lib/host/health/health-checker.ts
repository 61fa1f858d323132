import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { CheckResult } from "../connection/health-check.ts";
import { isLostContact, isOwnTrouble } from "../failure.ts";
import type { HealthTracker } from "./health-tracker.ts";
import type { ConnectionCheck, PluginConnection } from "../connection/plugin-connection.ts";

export interface HealthCheckerOptions {
  clock: Clock;
  log: Log;
  tracker: HealthTracker;
  /** See `CheckScheduler`. */
  stalledSince: (sinceMs: number) => boolean;
}

/** Runs the health checks of one plugin, one at a time, and reports those that say something about it. */
export class HealthChecker {
  readonly #options: HealthCheckerOptions;
  #running: { done: Promise<ConnectionCheck>; ending: AbortController } | null = null;
  #reinitializations = 0;

  constructor(options: HealthCheckerOptions) {
    this.#options = options;
  }

  /** One check, reported to the tracker. Only while nothing else checks. */
  async checkAndReport(connection: PluginConnection, signal: AbortSignal): Promise<ConnectionCheck> {
    const { clock, tracker } = this.#options;
    const startedMs = clock.monotonic();
    const outcome = await connection.check(signal);
    if (signal.aborted || this.#isOurFault(outcome.result, startedMs)) return outcome;
    if (outcome.reinitialized) {
      this.#reinitializations += 1;
      tracker.mark("reinitialized", "Initialised again: the plugin had been restarted");
    }
    tracker.report(outcome.result);
    return outcome;
  }

  /** The same on its own; joins a check under way. */
  check(connection: PluginConnection): Promise<ConnectionCheck> {
    if (this.#running) return this.#running.done;
    const ending = new AbortController();
    const done = this.checkAndReport(connection, ending.signal).finally(() => (this.#running = null));
    this.#running = { done, ending };
    return done;
  }

  /** Ends a check under way unreported and waits for its end. */
  async interrupt(): Promise<void> {
    this.#running?.ending.abort();
    await this.#running?.done;
  }

  /** How often the plugin was initialised again by itself since `reset`. */
  reinitializations(): number {
    return this.#reinitializations;
  }

  reset(): void {
    this.#reinitializations = 0;
  }

  /** A full disk or a machine that slept says nothing about the plugin: such a result changes no state. */
  #isOurFault({ error }: CheckResult, startedMs: number): boolean {
    const { log, stalledSince } = this.#options;
    if (error === null) return false;
    const ours = isOwnTrouble(error) || (isLostContact(error) && stalledSince(startedMs));
    if (ours)
      log.warn({ code: error.code }, "a check failed through the console's own trouble and does not count");
    return ours;
  }
}
