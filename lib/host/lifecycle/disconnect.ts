import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { ActiveChats } from "../chat/active-chats.ts";
import { disabledError, toFailure } from "../failure.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";

/** How long a plugin may take to say disconnector. */
export const CLEANUP_MS = 5_000;

/** How long chats that run may take to end. */
export const DRAIN_MS = 30_000;

/** Ends connections. Nothing here throws. */
export interface Disconnector {
  /** Tells the plugin, for 5 s at most; what it answered wrongly. */
  cleanUp(connection: PluginConnection, signal?: AbortSignal): Promise<ErrorInfo | null>;
  /** Tells a plugin that was ever told anything, then hangs up. */
  leave(connection: PluginConnection, signal?: AbortSignal): Promise<void>;
  /** Leaves once the chats on it have ended, for which they have 30 s. */
  retire(connection: PluginConnection, signal: AbortSignal): Promise<void>;
  /** Hangs up without a word. */
  close(connection: PluginConnection): Promise<void>;
}

export interface DisconnectorOptions {
  name: () => string;
  clock: Clock;
  log: Log;
  chats: Pick<ActiveChats, "drain" | "abort">;
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

export function createDisconnector({ name, clock, log, chats }: DisconnectorOptions): Disconnector {
  async function cleanUp({ client }: PluginConnection, signal?: AbortSignal): Promise<ErrorInfo | null> {
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

  async function close({ client }: PluginConnection): Promise<void> {
    await client.close().catch((error: unknown) => log.warn({ err: error }, "closing a connection failed"));
  }

  async function leave(connection: PluginConnection, signal?: AbortSignal): Promise<void> {
    if (connection.wasTold()) await cleanUp(connection, signal);
    await close(connection);
  }

  return {
    ...{ cleanUp, close, leave },
    async retire(connection, signal) {
      await chats.drain(DRAIN_MS, signal, connection.client);
      chats.abort(disabledError(name()), connection.client);
      await leave(connection);
    },
  };
}
