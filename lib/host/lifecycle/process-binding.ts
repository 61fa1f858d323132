import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { ManagedProcess } from "../process/managed-process.ts";
import { hasProcess, type Supervisor } from "../process/supervisor.ts";

export interface ProcessBindingOptions {
  supervisor: Supervisor | undefined;
  record: () => PluginRecord;
  /** It ended by itself; called while nothing else is being done. */
  onLost: (reason: ErrorInfo) => void;
}

/** The process of one runner's plugin, and when to report to the runner that it ended. */
export class ProcessBinding {
  readonly #options: ProcessBindingOptions;
  #opening: Promise<ManagedProcess> | null = null;
  #process: ManagedProcess | null = null;
  #isBusy = false;
  #ended: ErrorInfo | null = null;

  constructor(options: ProcessBindingOptions) {
    this.#options = options;
  }

  /** The process, managed from the first call on. Null when somebody else starts the plugin. */
  async get(): Promise<ManagedProcess | null> {
    const { supervisor, record } = this.#options;
    if (supervisor?.allowed !== true || !hasProcess(record())) return null;
    this.#opening ??= supervisor.manage(record, (reason) => this.#onEnd(reason));
    this.#process = await this.#opening;
    return this.#process;
  }

  /** What `get` made at any time; null when it never did. */
  async peek(): Promise<ManagedProcess | null> {
    return this.#opening;
  }

  /** Something is being done with the plugin, whose own steps notice an end. */
  begin(): void {
    this.#isBusy = true;
    this.#ended = null;
  }

  /** It is done: an end that came meanwhile is reported now, unless another process took its place. */
  finish(): void {
    this.#isBusy = false;
    if (this.#ended !== null && !this.#process?.running()) this.#options.onLost(this.#ended);
  }

  #onEnd(reason: ErrorInfo): void {
    if (this.#isBusy) this.#ended = reason;
    else this.#options.onLost(reason);
  }
}
