import { AppError } from "../../contract/error.ts";
import type { Refusal } from "../../contract/plugin.ts";
import { isLostContact, needsPerson, toError } from "../failure.ts";
import type { Handshake } from "../connection/handshake.ts";
import type { PluginConnection, ConnectionCheck } from "../connection/plugin-connection.ts";
import { unrecorded } from "../connection/step-log.ts";

/**
 * What worked last: a plugin whose change is refused goes on with it. Kept in memory only, because it knows secrets, and so
 * gone with the console.
 */
export interface LastKnownGood {
  /** The connection that can be gone back to; null when there is none. */
  connection(): PluginConnection | null;
  /**
   * Forgets what was meant for another origin than what is saved: a plugin that went elsewhere does not go on there.
   * @param origin of what is saved; undefined when nobody can tell
   */
  keepWithin(origin: () => Promise<string | null | undefined>): Promise<void>;
  /** What is new about an attempt, compared with that. */
  subjectOf(attempt: PluginConnection | null): Refusal["subject"];
  /** What a running plugin runs with is what to come back to. */
  remember(connection: PluginConnection): void;
  /** Something else may have reached the plugin since it was told that. */
  invalidate(): void;
  /** It was told that, and nothing else since. */
  settle(): void;
  /** Nothing to come back to any more. */
  forget(): void;
  /**
   * Lets the plugin go on as it was: told again what worked if it may have been told something else, and asked how it is.
   * Returns what was done, for people. Throws why it cannot go on.
   */
  restore(signal: AbortSignal): Promise<string>;
}

/** @param checkAndReport one health check, reported */
export function createLastKnownGood(
  checkAndReport: (connection: PluginConnection, signal: AbortSignal) => Promise<ConnectionCheck>,
): LastKnownGood {
  let good: { connection: PluginConnection; handshake: Handshake } | null = null;
  let isInvalid = false;

  function forget(): void {
    good = null;
    isInvalid = false;
  }

  return {
    connection: () => good?.connection ?? null,
    async keepWithin(origin) {
      if (good === null) return;
      const now = await origin();
      if (now !== undefined && now !== good.handshake.config.origin) forget();
    },
    subjectOf(attempt) {
      if (attempt !== good?.connection) return "address";
      const version = attempt?.attemptedVersion() ?? null;
      return version === null || version === good?.handshake.config.version ? "restart" : "configuration";
    },
    remember(connection) {
      const handshake = connection.handshake();
      if (handshake === null) return;
      good = { connection, handshake };
      // However much is tried after it, its secrets are the last to be forgotten.
      connection.client.redact(handshake.config.secrets);
    },
    invalidate: () => void (isInvalid = true),
    settle: () => void (isInvalid = false),
    forget,
    async restore(signal) {
      if (good === null) throw new AppError("internal_error", "There is nothing to go back to.");
      const { connection, handshake } = good;
      connection.pin(handshake);
      const wasSpoiled = isInvalid;
      if (wasSpoiled) await connection.repeat(unrecorded, signal);
      isInvalid = false;
      const { result, refused } = await checkAndReport(connection, signal);
      const { error } = result;
      if (error !== null && (refused || isLostContact(error) || needsPerson(error))) throw toError(error);
      return wasSpoiled
        ? "It was told the configuration that worked last, and goes on with it"
        : "It was not told anything new, and goes on as before";
    },
  };
}
