import { AppError } from "../contract/error.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import { createSemaphore } from "../async/semaphore.ts";
import type { PluginRunner } from "./lifecycle/plugin-runner.ts";

export interface PluginRunnersOptions {
  plugins: Repositories["plugins"];
  createRunner: (record: PluginRecord, resumed: boolean) => PluginRunner;
  /** A plugin was removed and is off: nothing about it is needed any more. */
  onRemoved: (id: string) => Promise<void>;
  /** Its record is gone; the plugin may still run for a moment. */
  onGone: (id: string) => void;
}

/** The runners of all plugins by id, and the hand-over of stored records to them. */
export class PluginRunners {
  readonly #options: PluginRunnersOptions;
  readonly #runners = new Map<string, PluginRunner>();
  // Records are read one after the other: an older desired state can then never overtake a newer one.
  readonly #reading = createSemaphore(1);

  constructor(options: PluginRunnersOptions) {
    this.#options = options;
  }

  find(id: string): PluginRunner | undefined {
    return this.#runners.get(id);
  }

  all(): Iterable<PluginRunner> {
    return this.#runners.values();
  }

  /** @param resumed whether the desired state is left over from an earlier run of the console */
  add(record: PluginRecord, resumed: boolean): PluginRunner {
    const runner = this.#options.createRunner(record, resumed);
    this.#runners.set(record.id, runner);
    return runner;
  }

  /** Brings a plugin to what its record says now. Resolves once that is applied, or the plugin is gone. */
  async reconcile(id: string, restart: boolean, process: boolean): Promise<void> {
    const { settled } = await this.#reading.run(() => this.#handOver(id, restart, process));
    await settled;
  }

  /** A plugin's newest record and its runner. Throws `not_found`. */
  require(id: string): Promise<{ record: PluginRecord; runner: PluginRunner }> {
    return this.#reading.run(async () => {
      const record = await this.#findRecord(id);
      if (!record) throw new AppError("not_found", "This plugin was removed meanwhile.");
      return { record, runner: this.#runners.get(id) ?? this.add(record, false) };
    });
  }

  /** The work itself goes on after this resolves, in `settled`. */
  async #handOver(
    id: string,
    restart: boolean,
    process: boolean,
  ): Promise<{ settled: Promise<void> | undefined }> {
    const record = await this.#findRecord(id);
    if (record === null) this.#options.onGone(id);
    const runner = this.#runners.get(id) ?? (record ? this.add(record, false) : undefined);
    const applied = runner?.reconcile(record, restart, process);
    return { settled: applied?.then(() => (record ? undefined : this.#forget(id))) };
  }

  async #findRecord(id: string): Promise<PluginRecord | null> {
    const found = await this.#options.plugins.find(id);
    return found?.id === id ? found : null;
  }

  async #forget(id: string): Promise<void> {
    this.#runners.delete(id);
    await this.#options.onRemoved(id);
  }
}
