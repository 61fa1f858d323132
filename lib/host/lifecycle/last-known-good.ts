import { AppError } from "../../contract/error.ts";
import type { Refusal } from "../../contract/plugin.ts";
import { isLostContact, needsPerson, toError } from "../failure.ts";
import type { Handshake } from "../connection/handshake.ts";
import type { ConnectionCheck, PluginConnection } from "../connection/plugin-connection.ts";
import { unrecorded } from "../connection/step-log.ts";

/** One health check, reported. */
type CheckAndReport = (connection: PluginConnection, signal: AbortSignal) => Promise<ConnectionCheck>;

/**
 * The connection and configuration that worked last: a plugin whose change is refused goes on with them. Kept in memory only, because
 * the configuration holds secrets, and so gone with the console.
 */
export class LastKnownGood {
  readonly #checkAndReport: CheckAndReport;
  #good: { connection: PluginConnection; handshake: Handshake } | null = null;
  #isInvalid = false;

  constructor(checkAndReport: CheckAndReport) {
    this.#checkAndReport = checkAndReport;
  }

  /** The connection that can be gone back to; null when there is none. */
  connection(): PluginConnection | null {
    return this.#good?.connection ?? null;
  }

  /**
   * Forgets what was meant for another origin than what is saved: a plugin that moved does not go on at its old place.
   * @param findOrigin resolves to the origin of what is saved; undefined when nobody can tell
   */
  async keepWithin(findOrigin: () => Promise<string | null | undefined>): Promise<void> {
    if (this.#good === null) return;
    const origin = await findOrigin();
    if (origin !== undefined && origin !== this.#good?.handshake.config.origin) this.forget();
  }

  /** What is new about an attempt, compared with what worked last. */
  subjectOf(attempt: PluginConnection | null): Refusal["subject"] {
    if (attempt !== this.connection()) return "address";
    const version = attempt?.attemptedVersion() ?? null;
    if (version === null || version === this.#good?.handshake.config.version) return "restart";
    return "configuration";
  }

  /** From now on what this plugin runs with is what to come back to. */
  remember(connection: PluginConnection): void {
    const handshake = connection.handshake();
    if (handshake === null) return;
    this.#good = { connection, handshake };
    // However much is tried after it, its secrets are the last to be forgotten.
    connection.client.redact(handshake.config.secrets);
  }

  /** Something else may have reached the plugin since it accepted this configuration: `restore` sends it again. */
  invalidate(): void {
    this.#isInvalid = true;
  }

  /** The plugin has accepted this configuration, and nothing else since. */
  revalidate(): void {
    this.#isInvalid = false;
  }

  /** There is nothing to come back to any more. */
  forget(): void {
    this.#good = null;
    this.#isInvalid = false;
  }

  /**
   * Lets the plugin go on as it was: initialises it again with what worked if it may have been sent something else, and checks its
   * health. Returns what was done, for people. Throws why it cannot go on.
   */
  async restore(signal: AbortSignal): Promise<string> {
    if (this.#good === null) throw new AppError("internal_error", "There is nothing to go back to.");
    const { connection, handshake } = this.#good;
    connection.pin(handshake);
    const wasInvalid = this.#isInvalid;
    if (wasInvalid) await connection.repeatHandshake(unrecorded, signal);
    this.#isInvalid = false;
    const { result, refused } = await this.#checkAndReport(connection, signal);
    const { error } = result;
    if (error !== null && (refused || isLostContact(error) || needsPerson(error))) throw toError(error);
    return wasInvalid
      ? "It was told the configuration that worked last, and goes on with it"
      : "It was not told anything new, and goes on as before";
  }
}
