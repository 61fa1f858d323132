import { isAppError } from "../../contract/error.ts";
import type { Sample } from "../../contract/health.ts";
import type { Clock } from "../../core/clock.ts";
import type { Data } from "../../data/data.ts";
import type { Log } from "../../log.ts";

const BATCH = 500;
/** About ten minutes of 5,000 plugins: beyond that the oldest samples are given up. */
const MAX_SAMPLES = 50_000;
const MAX_EVENTS = 5_000;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;
const KEEP_MS = 90 * 24 * 60 * 60 * 1000;
const PRUNE_EVERY_MS = 60 * 60 * 1000;

type Write = (data: Data) => Promise<unknown>;

/**
 * Writes what the host learns into the database. Writing never waits and never fails for the caller: while the database is in trouble
 * everything is kept, bounded, and tried again; no plugin notices.
 */
export class SampleWriter {
  readonly #data: Data;
  readonly #clock: Clock;
  readonly #log: Log;
  #samples: Array<Sample & { pluginId: string }> = [];
  #events: Array<{ pluginId: string; write: Write }> = [];
  #flushing: Promise<void> | null = null;
  #pauseMs = 0;
  #notBeforeMs = -Infinity;
  #pruneAtMs: number;

  constructor({ data, clock, log }: { data: Data; clock: Clock; log: Log }) {
    this.#data = data;
    this.#clock = clock;
    this.#log = log;
    this.#pruneAtMs = clock.monotonic();
  }

  sample(pluginId: string, sample: Sample): void {
    this.#samples.push({ ...sample, pluginId });
    if (this.#samples.length >= BATCH && this.#pauseMs === 0) void this.flush();
  }

  /** An incident or a marker; written in order. */
  event(pluginId: string, write: Write): void {
    this.#events.push({ pluginId, write });
  }

  /** Drops what is still waiting for a plugin that was removed. */
  forget(pluginId: string): void {
    this.#samples = this.#samples.filter((sample) => sample.pluginId !== pluginId);
    this.#events = this.#events.filter((event) => event.pluginId !== pluginId);
  }

  /** To be called every second: writes what waits, prunes once an hour. */
  tick(): void {
    if (this.#isWaiting() && this.#clock.monotonic() >= this.#notBeforeMs) void this.flush();
    if (this.#clock.monotonic() >= this.#pruneAtMs) this.#prune();
  }

  /** One attempt at writing everything; resolves when it is over. */
  flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => (this.#flushing = null));
    return this.#flushing;
  }

  #isWaiting(): boolean {
    return this.#samples.length + this.#events.length > 0;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#isWaiting()) {
        await this.#writeSamples();
        await this.#writeEvents();
      }
      if (this.#pauseMs > 0) this.#log.info("the database takes health results again");
      this.#pauseMs = 0;
    } catch (error) {
      await this.#postpone(error);
    }
  }

  async #writeSamples(): Promise<void> {
    while (this.#samples.length > 0) {
      const batch = new Set(this.#samples.slice(0, BATCH));
      await this.#data.samples.append([...batch]);
      this.#samples = this.#samples.filter((sample) => !batch.has(sample));
    }
  }

  async #writeEvents(): Promise<void> {
    for (let next = this.#events[0]; next !== undefined; next = this.#events[0]) {
      const written = next;
      await this.#writeEvent(written.write);
      this.#events = this.#events.filter((event) => event !== written);
    }
  }

  /** Only the database's trouble is worth waiting for; anything else would fail for ever and block what comes after. */
  async #writeEvent(write: Write): Promise<void> {
    try {
      await write(this.#data);
    } catch (error) {
      if (isAppError(error) && error.code.startsWith("storage_")) throw error;
      this.#log.error({ err: error }, "an incident or marker could not be written");
    }
  }

  async #postpone(error: unknown): Promise<void> {
    if (this.#pauseMs === 0)
      this.#log.warn({ err: error, samples: this.#samples.length }, "health results wait for the database");
    this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LAST_PAUSE_MS);
    this.#notBeforeMs = this.#clock.monotonic() + this.#pauseMs;
    // A row that refers to a plugin removed meanwhile would block all others for ever.
    const known = await this.#data.plugins.list().catch(() => null);
    if (known) this.#keepOnly(new Set(known.map(({ id }) => id)));
    if (this.#samples.length > MAX_SAMPLES) this.#samples = this.#samples.slice(-MAX_SAMPLES);
    if (this.#events.length > MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS);
  }

  #keepOnly(ids: ReadonlySet<string>): void {
    this.#samples = this.#samples.filter(({ pluginId }) => ids.has(pluginId));
    this.#events = this.#events.filter(({ pluginId }) => ids.has(pluginId));
  }

  #prune(): void {
    this.#pruneAtMs = this.#clock.monotonic() + PRUNE_EVERY_MS;
    this.#data.samples
      .prune(this.#clock.now() - KEEP_MS)
      .catch((error: unknown) => this.#log.warn({ err: error }, "old health results could not be removed"));
  }
}
