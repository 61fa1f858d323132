import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { CheckResult } from "../connection/health-check.ts";
import { isLostContact, isOwnTrouble } from "../failure.ts";
import type { HealthTracker } from "./health-tracker.ts";
import type { Link, LinkCheck } from "../connection/plugin-connection.ts";

/** Runs the health checks of one plugin, one at a time, and reports those that say something about it. */
export interface Observer {
  /** One check, reported. Only while nothing else checks. */
  observe(link: Link, signal: AbortSignal): Promise<LinkCheck>;
  /** The same on its own; joins a check under way. */
  check(link: Link): Promise<LinkCheck>;
  /** Ends a check under way unreported and waits for its end. */
  interrupt(): Promise<void>;
  /** How often the plugin was initialised again by itself since `reset`. */
  reinitializations(): number;
  reset(): void;
}

export interface ObserverOptions {
  clock: Clock;
  log: Log;
  tracker: HealthTracker;
  /** See `Monitor`. */
  stalledSince: (sinceMs: number) => boolean;
}

export function createObserver({ clock, log, tracker, stalledSince }: ObserverOptions): Observer {
  let running: { done: Promise<LinkCheck>; ending: AbortController } | null = null;
  let reinitializations = 0;

  async function observe(link: Link, signal: AbortSignal): Promise<LinkCheck> {
    const startedMs = clock.monotonic();
    const outcome = await link.check(signal);
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

  function check(link: Link): Promise<LinkCheck> {
    if (running) return running.done;
    const ending = new AbortController();
    const done = observe(link, ending.signal).finally(() => (running = null));
    running = { done, ending };
    return done;
  }

  return {
    observe,
    check,
    async interrupt() {
      running?.ending.abort();
      await running?.done;
    },
    reinitializations: () => reinitializations,
    reset: () => void (reinitializations = 0),
  };
}
