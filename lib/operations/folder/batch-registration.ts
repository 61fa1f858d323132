import type { PluginRecord } from "../../data/data.ts";
import type { Context } from "../context.ts";
import { registerFiles, type NewFile } from "./file-plugin.ts";

/** New plugins stored in one transaction, and characters of manifests: each commit waits for the disk, and others for the commit. */
const BATCH = 40;
const BATCH_CHARACTERS = 131_072;

type PendingFile = NewFile & {
  /** Characters of the manifest. */
  length: number;
};

export interface BatchResults {
  /** Called for every plugin that was stored. */
  onRegistered(record: PluginRecord): void;
  /** Called for every file that could not be. */
  onFailed(path: string, error: unknown): void;
}

/** Files that become plugins, stored many at once. */
export class BatchRegistration {
  readonly #context: Context;
  readonly #results: BatchResults;
  #pending: PendingFile[] = [];

  constructor(context: Context, results: BatchResults) {
    this.#context = context;
    this.#results = results;
  }

  /** Keeps a file until there are enough to store, or `flush` is called. */
  async add(file: PendingFile): Promise<void> {
    this.#pending.push(file);
    const characters = this.#pending.reduce((sum, { length }) => sum + length, 0);
    if (this.#pending.length >= BATCH || characters >= BATCH_CHARACTERS) await this.flush();
  }

  /** Stores whatever is pending. */
  async flush(): Promise<void> {
    const files = this.#pending;
    this.#pending = [];
    if (files.length === 0) return;
    // Somebody may have taken a name or an endpoint since the scan: then one by one, so that only that file fails.
    if (!(await this.#tryToStore(files))) for (const file of files) await this.#tryToStore([file]);
  }

  /** Whether a pending file has this endpoint. */
  hasEndpoint(endpoint: string): boolean {
    return this.#pending.some(({ reading }) => reading.endpoint === endpoint);
  }

  async #tryToStore(files: PendingFile[]): Promise<boolean> {
    try {
      for (const record of await registerFiles(this.#context, files)) this.#results.onRegistered(record);
      return true;
    } catch (error) {
      const [first] = files;
      if (first && files.length === 1) this.#results.onFailed(first.place.path, error);
      return false;
    }
  }
}
