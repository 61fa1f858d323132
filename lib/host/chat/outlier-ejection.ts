import { isAppError } from "../../contract/error.ts";
import type { ErrorInfo } from "../../contract/error.ts";
import type { Ejection } from "../../contract/plugin.ts";
import type { Clock } from "../../core/clock.ts";
import {
  afterFailedChat,
  isChatFault,
  isEjected,
  NOTHING_WRONG,
  type ChatRecord,
} from "../../core/ejection.ts";
import type { Log } from "../../log.ts";
import { isLostContact, toFailure } from "../failure.ts";
import type { HealthTracker } from "../health/health-tracker.ts";

/** Takes how one chat ended; neither is called for a reader who left. */
export interface ChatOutcome {
  succeeded(): void;
  /** Counts against the plugin, unless the reader's signal has aborted: that shows nothing. */
  failed(error: unknown): void;
}

export interface OutlierEjectionOptions {
  clock: Clock;
  log: Log;
  tracker: HealthTracker;
  /** See `CheckScheduler`. */
  stalledSince: (sinceMs: number) => boolean;
}

/** Knows from the chats of one plugin whether it should be routed to. Blocks nothing and moves no axis: it is asked. */
export class OutlierEjection {
  readonly #options: OutlierEjectionOptions;
  #record: ChatRecord = NOTHING_WRONG;
  #lastError: ErrorInfo | null = null;
  /** Of the newest ejection: what people see does not follow a wall clock that jumps. */
  #until = "";
  /** Number of the run since the last `reset`: chats of an earlier one do not count. */
  #run = 0;

  constructor(options: OutlierEjectionOptions) {
    this.#options = options;
  }

  /** A chat begins: what it returns takes how it ends. */
  begin(signal: AbortSignal): ChatOutcome {
    const run = this.#run;
    const beganMs = this.#options.clock.monotonic();
    return {
      succeeded: () => {
        if (run === this.#run) this.#forgive();
      },
      failed: (error) => {
        if (run === this.#run && !signal.aborted) this.#noteFailure(error, beganMs);
      },
    };
  }

  /** Null while the plugin may be routed to. */
  ejection(): Ejection | null {
    if (this.#lastError === null || !isEjected(this.#record, this.#options.clock.monotonic())) return null;
    return { until: this.#until, failures: this.#record.failures, error: this.#lastError };
  }

  /** It starts over, or is switched off: all is forgiven, and chats under way do not count any more. */
  reset(): void {
    this.#run += 1;
    this.#record = NOTHING_WRONG;
    this.#lastError = null;
  }

  #noteFailure(error: unknown, beganMs: number): void {
    const { clock, log, stalledSince } = this.#options;
    if (!isAppError(error) || !isChatFault(error.code)) return;
    const info = toFailure(error, log);
    // A machine that slept says nothing about the plugin.
    if (isLostContact(info) && stalledSince(beganMs)) return;
    const before = this.#record;
    this.#record = afterFailedChat(before, beganMs, clock.monotonic());
    this.#lastError = withoutExcerpt(info);
    if (this.#record.ejections > before.ejections) this.#announce(this.#record, info);
  }

  #announce({ failures, ejections, untilMs }: ChatRecord, { code }: ErrorInfo): void {
    const { clock, log, tracker } = this.#options;
    const lastsMs = untilMs - clock.monotonic();
    this.#until = new Date(clock.now() + lastsMs).toISOString();
    log.warn({ code, failures, lastsMs }, "plugin ejected from routing: its chats fail");
    if (ejections === 1) tracker.mark("ejected", `Chats failed ${failures} times in a row`);
  }

  #forgive(): void {
    if (this.#record.ejections > 0) this.#options.log.info("plugin answers chats again");
    this.#record = NOTHING_WRONG;
    this.#lastError = null;
  }
}

/** What a failing plugin sends may repeat the conversation, which concerns only those who have it. */
function withoutExcerpt({ plugin, ...info }: ErrorInfo): ErrorInfo {
  if (plugin === undefined) return info;
  const { excerpt: _, ...fault } = plugin;
  return { ...info, plugin: fault };
}
