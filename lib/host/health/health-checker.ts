import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { CheckResult } from "../connection/health-check.ts";
import { isLostContact, isOwnTrouble } from "../failure.ts";
import type { HealthTracker } from "./health-tracker.ts";
import type { PluginConnection, ConnectionCheck } from "../connection/plugin-connection.ts";

/** Runs the health checks of one plugin, one at a time, and reports those that say something about it. */
export interface HealthChecker {
  /** One check, reported. Only while nothing else checks. */
  checkAndReport(connection: PluginConnection, signal: AbortSignal): Promise<ConnectionCheck>;
  /** The same on its own; joins a check under way. */
  check(connection: PluginConnection): Promise<ConnectionCheck>;
  /** Ends a check under way unreported and waits for its end. */
  interrupt(): Promise<void>;
  /** How often the plugin was initialised again by itself since `reset`. */
  reinitializations(): number;
  reset(): void;
}

export interface HealthCheckerOptions {
  clock: Clock;
  log: Log;
  tracker: HealthTracker;
  /** See `CheckScheduler`. */
  stalledSince: (sinceMs: number) => boolean;
}

export function createHealthChecker({
  clock,
  log,
  tracker,
  stalledSince,
}: HealthCheckerOptions): HealthChecker {
  let running: { done: Promise<ConnectionCheck>; ending: AbortController } | null = null;
  let reinitializations = 0;

  async function checkAndReport(connection: PluginConnection, signal: AbortSignal): Promise<ConnectionCheck> {
    const startedMs = clock.monotonic();
    const outcome = await connection.check(signal);
    if (signal.aborted || isOurFault(outcome.result, startedMs)) return outcome;
    if (outcome.reinitialized) {
      reinitializations += 1;
      tracker.mark("reinitialized", "Initialised again: the plugin had been restarted");
    }
    tracker.report(outcome.result);
    return outcome;
  }

  /** A full disk or a machine that slept says nothing about the plugin: such a result changes no state. */
  function isOurFault({ error }: CheckResult, startedMs: number): boolean {
    if (error === null) return false;
    const ours = isOwnTrouble(error) || (isLostContact(error) && stalledSince(startedMs));
    if (ours)
      log.warn({ code: error.code }, "a check failed through the console's own trouble and does not count");
    return ours;
  }

  function check(connection: PluginConnection): Promise<ConnectionCheck> {
    if (running) return running.done;
    const ending = new AbortController();
    const done = checkAndReport(connection, ending.signal).finally(() => (running = null));
    running = { done, ending };
    return done;
  }

  return {
    checkAndReport,
    check,
    async interrupt() {
      running?.ending.abort();
      await running?.done;
    },
    reinitializations: () => reinitializations,
    reset: () => void (reinitializations = 0),
  };
}
