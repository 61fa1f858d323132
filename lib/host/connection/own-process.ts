import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginRecord } from "../../data/data.ts";

/** What a connection asks of the process that the console started for its plugin. */
export interface OwnProcess {
  /**
   * Ask before anything secret is sent. Throws `process_port_taken` when who listens at the record's endpoint is not the process as it
   * was started, nor anything that it started, or why the process ended a moment ago.
   */
  requireOwner(record: PluginRecord): Promise<void>;
  /**
   * Why the process ended, if that is what `failure` comes from, once everything that it started is gone too. Null when it goes on,
   * ended as wanted, `signal` aborts, or the failure is no lost contact.
   */
  findLoss(failure: ErrorInfo, signal: AbortSignal): Promise<ErrorInfo | null>;
}

/** Null for a plugin that somebody else starts. */
export type FindOwnProcess = () => Promise<OwnProcess | null>;
