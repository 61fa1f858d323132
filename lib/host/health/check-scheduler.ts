import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";

/** What is done again and again to one plugin while nothing else is: a health check, or the next attempt to start it. */
export interface NextCheck {
  /** The loop starts over when this changes. */
  key: string;
  /** How long to wait from `nowMs` (monotonic). Asked anew before every run. */
  delayMs(nowMs: number): number;
  /** Never rejects. */
  run(): Promise<void>;
}

export interface ScheduledPlugin {
  readonly id: string;
  /** What to do next; null when the plugin is to be left alone. */
  nextCheck(): NextCheck | null;
}

/** Keeps one loop per plugin: wait, act, wait. A loop never overlaps itself. */
export interface CheckScheduler {
  start(): void;
  /** Ends every wait. Checks under way are not awaited: whoever runs them ends them. */
  stop(): void;
  isTicking(): boolean;
  /** Starts, replaces or ends the loop of one plugin to match its next check, now instead of with the next tick. */
  sync(plugin: ScheduledPlugin): void;
  /** Wall clock, epoch ms, of the plugin's next check; null when none is planned. */
  nextCheckAt(id: string): number | null;
  /** True when this process itself stood still at some time since `sinceMs` (monotonic): its timeouts prove nothing then. */
  stalledSince(sinceMs: number): boolean;
}

export interface CheckSchedulerOptions {
  clock: Clock;
  log: Log;
  plugins: () => Iterable<ScheduledPlugin>;
  /** Called with every tick, once a second. */
  onTick: () => void;
}

const TICK_MS = 1_000;
/** A tick that comes this late means that the machine slept or the process was held up. */
const STALL_MS = 2_000;

interface Loop {
  key: string;
  ending: AbortController;
  dueAt: number;
}

export function createCheckScheduler({ clock, log, plugins, onTick }: CheckSchedulerOptions): CheckScheduler {
  const loops = new Map<string, Loop>();
  let ticking: AbortController | null = null;
  let lastTickMs = -Infinity;
  let lastStallMs = -Infinity;

  function sync(plugin: ScheduledPlugin): void {
    if (ticking === null) return;
    const wanted = plugin.nextCheck();
    const loop = loops.get(plugin.id);
    if (loop?.key === wanted?.key) return;
    loop?.ending.abort();
    loops.delete(plugin.id);
    if (wanted) begin(plugin, wanted.key);
  }

  function begin(plugin: ScheduledPlugin, key: string): void {
    const loop: Loop = { key, ending: new AbortController(), dueAt: clock.now() };
    loops.set(plugin.id, loop);
    runLoop(plugin, loop).catch((error: unknown) => {
      log.error({ err: error, pluginId: plugin.id }, "a plugin's loop broke; the next tick starts it again");
      if (loops.get(plugin.id) === loop) loops.delete(plugin.id);
    });
  }

  async function runLoop(plugin: ScheduledPlugin, loop: Loop): Promise<void> {
    const { signal } = loop.ending;
    for (
      let next = plugin.nextCheck();
      next?.key === loop.key && !signal.aborted;
      next = plugin.nextCheck()
    ) {
      const delayMs = Math.max(0, next.delayMs(clock.monotonic()));
      loop.dueAt = clock.now() + delayMs;
      await clock.sleep(delayMs, signal);
      if (signal.aborted) return;
      // No limit on how many run at once: a socket that waits costs little, and in a queue the slow would make the quick ones late.
      await next.run();
    }
  }

  function dropUnknown(): void {
    const known = new Set(Array.from(plugins(), ({ id }) => id));
    for (const [id, loop] of loops) {
      if (known.has(id)) continue;
      loop.ending.abort();
      loops.delete(id);
    }
  }

  async function tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = clock.monotonic();
      if (now - lastTickMs > STALL_MS && lastTickMs !== -Infinity) {
        lastStallMs = now;
        log.warn({ lateMs: Math.round(now - lastTickMs - TICK_MS) }, "the console itself stood still");
      }
      lastTickMs = now;
      for (const plugin of plugins()) sync(plugin);
      dropUnknown();
      onTick();
      await clock.sleep(TICK_MS, signal);
    }
  }

  return {
    start() {
      if (ticking) return;
      ticking = new AbortController();
      tick(ticking.signal).catch((error: unknown) => {
        ticking = null;
        log.fatal({ err: error }, "the check scheduler stopped");
      });
    },
    stop() {
      ticking?.abort();
      ticking = null;
      for (const loop of loops.values()) loop.ending.abort();
      loops.clear();
    },
    isTicking: () => ticking !== null && clock.monotonic() - lastTickMs < 5 * TICK_MS,
    sync,
    nextCheckAt: (id) => loops.get(id)?.dueAt ?? null,
    stalledSince: (sinceMs) => lastStallMs >= sinceMs || clock.monotonic() - lastTickMs > STALL_MS,
  };
}
