import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { ActiveChats } from "../chat/active-chats.ts";
import { disabledError, toFailure } from "../failure.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";

/** How long a plugin may take to clean up. */
export const CLEANUP_MS = 5_000;

/** How long chats that run may take to end. */
export const DRAIN_MS = 30_000;

export interface DisconnectorOptions {
  name: () => string;
  clock: Clock;
  log: Log;
  chats: Pick<ActiveChats, "drain" | "abort">;
}

/** Ends connections. Nothing here throws. */
export class Disconnector {
  readonly #options: DisconnectorOptions;

  constructor(options: DisconnectorOptions) {
    this.#options = options;
  }

  /** Sends the plugin a cleanup, which may take 5 s; returns how it failed. */
  async cleanUp({ client }: PluginConnection, signal?: AbortSignal): Promise<ErrorInfo | null> {
    const { name, clock, log } = this.#options;
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

  /** Cleans up a plugin that may have been sent a configuration, then closes the connection. */
  async cleanUpAndClose(connection: PluginConnection): Promise<void> {
    if (connection.mayHaveConfig()) await this.cleanUp(connection);
    await this.close(connection);
  }

  /** Disconnects once the chats on this connection have ended, for which they have 30 s. */
  async drainAndClose(connection: PluginConnection, signal: AbortSignal): Promise<void> {
    const { name, chats } = this.#options;
    await chats.drain(DRAIN_MS, signal, connection.client);
    chats.abort(disabledError(name()), connection.client);
    await this.cleanUpAndClose(connection);
  }

  /** Closes the connection without a cleanup. */
  async close({ client }: PluginConnection): Promise<void> {
    const { log } = this.#options;
    await client.close().catch((error: unknown) => log.warn({ err: error }, "closing a connection failed"));
  }
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
