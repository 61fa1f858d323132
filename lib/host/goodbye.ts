import type { ErrorInfo } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../log.ts";
import { toFailure } from "./failure.ts";
import type { Link } from "./link.ts";

/** How long a plugin may take to say goodbye. */
export const CLEANUP_MS = 5_000;

/** Ends connections. Nothing here throws. */
export interface Goodbye {
  /** Tells the plugin, for 5 s at most; what it answered wrongly. */
  cleanUp(link: Link, signal?: AbortSignal): Promise<ErrorInfo | null>;
  /** Tells a plugin that was ever told anything, then hangs up. */
  leave(link: Link, signal?: AbortSignal): Promise<void>;
  /** Hangs up without a word. */
  close(link: Link): Promise<void>;
}

export function createGoodbye(clock: Clock, log: Log): Goodbye {
  async function cleanUp({ client }: Link, signal?: AbortSignal): Promise<ErrorInfo | null> {
    const deadline = clock.deadline(CLEANUP_MS);
    try {
      await client.cleanup(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal);
      return null;
    } catch (error) {
      return toFailure(error, log);
    } finally {
      deadline.clear();
    }
  }

  async function close({ client }: Link): Promise<void> {
    await client.close().catch((error: unknown) => log.warn({ err: error }, "closing a connection failed"));
  }

  return {
    cleanUp,
    close,
    async leave(link, signal) {
      if (link.wasTold()) await cleanUp(link, signal);
      await close(link);
    },
  };
}
