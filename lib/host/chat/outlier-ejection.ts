import { isAppError } from "../../contract/error.ts";
import type { ErrorInfo } from "../../contract/error.ts";
import type { Ejection } from "../../contract/plugin.ts";
import type { ChatChunk } from "../../contract/protocol.ts";
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

/** Knows from the chats of one plugin whether it should be routed to. Blocks nothing and moves no axis: it is asked. */
export interface Ejector {
  /** Passes a chat through and notes how it ends. A reader who leaves, or whose `signal` aborts, has shown nothing. */
  follow(chat: AsyncIterable<ChatChunk>, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void>;
  /** Null while the plugin may be routed to. */
  ejection(): Ejection | null;
  /** It starts over, or is switched off: all is forgiven, and chats under way do not count any more. */
  reset(): void;
}

export interface EjectorOptions {
  clock: Clock;
  log: Log;
  tracker: HealthTracker;
  /** See `Monitor`. */
  stalledSince: (sinceMs: number) => boolean;
}

export function createEjector({ clock, log, tracker, stalledSince }: EjectorOptions): Ejector {
  let record: ChatRecord = NOTHING_WRONG;
  let lastError: ErrorInfo | null = null;
  /** Of the newest ejection: what people see does not follow a wall clock that jumps. */
  let until = "";
  let run = 0;

  async function* follow(chat: AsyncIterable<ChatChunk>, signal: AbortSignal) {
    const [of, beganMs] = [run, clock.monotonic()];
    try {
      yield* chat;
    } catch (error) {
      if (of === run && !signal.aborted) noteFailure(error, beganMs);
      throw error;
    }
    if (of === run) forgive();
  }

  function noteFailure(error: unknown, beganMs: number): void {
    if (!isAppError(error) || !isChatFault(error.code)) return;
    const info = toFailure(error, log);
    // A machine that slept says nothing about the plugin.
    if (isLostContact(info) && stalledSince(beganMs)) return;
    const before = record;
    record = afterFailedChat(before, beganMs, clock.monotonic());
    lastError = withoutExcerpt(info);
    if (record.ejections > before.ejections) announce(record, info);
  }

  function announce({ failures, ejections, untilMs }: ChatRecord, { code }: ErrorInfo): void {
    const lastsMs = untilMs - clock.monotonic();
    until = new Date(clock.now() + lastsMs).toISOString();
    log.warn({ code, failures, lastsMs }, "plugin ejected from routing: its chats fail");
    if (ejections === 1) tracker.mark("ejected", `Chats failed ${failures} times in a row`);
  }

  function forgive(): void {
    if (record.ejections > 0) log.info("plugin answers chats again");
    record = NOTHING_WRONG;
    lastError = null;
  }

  return {
    follow,
    ejection: () =>
      lastError !== null && isEjected(record, clock.monotonic())
        ? { until, failures: record.failures, error: lastError }
        : null,
    reset() {
      run += 1;
      record = NOTHING_WRONG;
      lastError = null;
    },
  };
}

/** What a failing plugin sends may repeat the conversation, which concerns only those who have it. */
function withoutExcerpt({ plugin, ...info }: ErrorInfo): ErrorInfo {
  if (plugin === undefined) return info;
  const { excerpt: _, ...fault } = plugin;
  return { ...info, plugin: fault };
}
