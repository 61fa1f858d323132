import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { Chats } from "../chat/active-chats.ts";
import { disabledError, toFailure } from "../failure.ts";
import type { Link } from "../connection/plugin-connection.ts";

/** How long a plugin may take to say goodbye. */
export const CLEANUP_MS = 5_000;

/** How long chats that run may take to end. */
export const DRAIN_MS = 30_000;

/** Ends connections. Nothing here throws. */
export interface Goodbye {
  /** Tells the plugin, for 5 s at most; what it answered wrongly. */
  cleanUp(link: Link, signal?: AbortSignal): Promise<ErrorInfo | null>;
  /** Tells a plugin that was ever told anything, then hangs up. */
  leave(link: Link, signal?: AbortSignal): Promise<void>;
  /** Leaves once the chats on it have ended, for which they have 30 s. */
  retire(link: Link, signal: AbortSignal): Promise<void>;
  /** Hangs up without a word. */
  close(link: Link): Promise<void>;
}

export interface GoodbyeOptions {
  name: () => string;
  clock: Clock;
  log: Log;
  chats: Pick<Chats, "drain" | "abort">;
}

function unfinished(name: string): AppError {
  return new AppError(
    "plugin_timeout",
    `${name} did not finish cleaning up within ${CLEANUP_MS / 1_000} s.`,
    {
      hint: "It is off all the same. Look at the plugin's log for what it was busy with.",
    },
  );
}

export function createGoodbye({ name, clock, log, chats }: GoodbyeOptions): Goodbye {
  async function cleanUp({ client }: Link, signal?: AbortSignal): Promise<ErrorInfo | null> {
    const deadline = clock.deadline(CLEANUP_MS);
    try {
      await client.cleanup(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal);
      return null;
    } catch (error) {
      const isLate = deadline.signal.aborted && signal?.aborted !== true;
      return toFailure(isLate ? unfinished(name()) : error, log);
    } finally {
      deadline.clear();
    }
  }

  async function close({ client }: Link): Promise<void> {
    await client.close().catch((error: unknown) => log.warn({ err: error }, "closing a connection failed"));
  }

  async function leave(link: Link, signal?: AbortSignal): Promise<void> {
    if (link.wasTold()) await cleanUp(link, signal);
    await close(link);
  }

  return {
    ...{ cleanUp, close, leave },
    async retire(link, signal) {
      await chats.drain(DRAIN_MS, signal, link.client);
      chats.abort(disabledError(name()), link.client);
      await leave(link);
    },
  };
}
