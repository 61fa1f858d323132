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
 * What the host learns, on its way into the database. Writing never waits and never fails for the caller: while the
 * database is in trouble everything is kept, bounded, and tried again; no plugin notices.
 */
export interface Recorder {
  sample(pluginId: string, sample: Sample): void;
  /** An incident or a marker; written in order. */
  event(pluginId: string, write: Write): void;
  /** Drops what is still waiting for a plugin that was removed. */
  forget(pluginId: string): void;
  /** To be called every second: writes what waits, prunes once an hour. */
  tick(): void;
  /** One attempt at writing everything; resolves when it is over. */
  flush(): Promise<void>;
}

export function createRecorder({ data, clock, log }: { data: Data; clock: Clock; log: Log }): Recorder {
  let samples: Array<Sample & { pluginId: string }> = [];
  let events: Array<{ pluginId: string; write: Write }> = [];
  let flushing: Promise<void> | null = null;
  let pauseMs = 0;
  let notBeforeMs = -Infinity;
  let pruneAtMs = clock.monotonic();

  async function writeAll(): Promise<void> {
    try {
      while (samples.length + events.length > 0) {
        await writeSamples();
        await writeEvents();
      }
      if (pauseMs > 0) log.info("the database takes health results again");
      pauseMs = 0;
    } catch (error) {
      await postpone(error);
    }
  }

  async function writeSamples(): Promise<void> {
    while (samples.length > 0) {
      const batch = new Set(samples.slice(0, BATCH));
      await data.samples.append([...batch]);
      samples = samples.filter((sample) => !batch.has(sample));
    }
  }

  async function writeEvents(): Promise<void> {
    for (let next = events[0]; next !== undefined; next = events[0]) {
      const written = next;
      await writeEvent(written.write);
      events = events.filter((event) => event !== written);
    }
  }

  /** Only the database's trouble is worth waiting for; anything else would fail for ever and block what comes after. */
  async function writeEvent(write: Write): Promise<void> {
    try {
      await write(data);
    } catch (error) {
      if (isAppError(error) && error.code.startsWith("storage_")) throw error;
      log.error({ err: error }, "an incident or marker could not be written");
    }
  }

  async function postpone(error: unknown): Promise<void> {
    if (pauseMs === 0)
      log.warn({ err: error, samples: samples.length }, "health results wait for the database");
    pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, pauseMs * 2), LAST_PAUSE_MS);
    notBeforeMs = clock.monotonic() + pauseMs;
    // A row that refers to a plugin removed meanwhile would block all others for ever.
    const known = await data.plugins.list().catch(() => null);
    if (known) keepOnly(new Set(known.map(({ id }) => id)));
    if (samples.length > MAX_SAMPLES) samples = samples.slice(-MAX_SAMPLES);
    if (events.length > MAX_EVENTS) events = events.slice(-MAX_EVENTS);
  }

  function keepOnly(ids: ReadonlySet<string>): void {
    samples = samples.filter(({ pluginId }) => ids.has(pluginId));
    events = events.filter(({ pluginId }) => ids.has(pluginId));
  }

  function flush(): Promise<void> {
    flushing ??= writeAll().finally(() => (flushing = null));
    return flushing;
  }

  function prune(): void {
    pruneAtMs = clock.monotonic() + PRUNE_EVERY_MS;
    data.samples
      .prune(clock.now() - KEEP_MS)
      .catch((error: unknown) => log.warn({ err: error }, "old health results could not be removed"));
  }

  return {
    sample(pluginId, sample) {
      samples.push({ ...sample, pluginId });
      if (samples.length >= BATCH && pauseMs === 0) void flush();
    },
    event: (pluginId, write) => void events.push({ pluginId, write }),
    forget(pluginId) {
      samples = samples.filter((sample) => sample.pluginId !== pluginId);
      events = events.filter((event) => event.pluginId !== pluginId);
    },
    tick() {
      const waits = samples.length + events.length > 0;
      if (waits && clock.monotonic() >= notBeforeMs) void flush();
      if (clock.monotonic() >= pruneAtMs) prune();
    },
    flush,
  };
}
