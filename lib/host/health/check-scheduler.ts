import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import { createGate } from "../../async/semaphore.ts";

/** What is to happen again and again to one plugin while nothing else does. */
export interface Target {
  /** The loop starts over when this changes. */
  key: string;
  /** How long to wait from `nowMs` (monotonic). Asked anew before every turn. */
  delayMs(nowMs: number): number;
  /** True when the last turn failed: it may take its time without holding up the healthy ones. */
  isSuspect(): boolean;
  /** Never rejects. */
  run(): Promise<void>;
}

export interface Watched {
  readonly id: string;
  /** What is wanted now; null when the plugin is to be left alone. */
  target(): Target | null;
}

/** Keeps one loop per plugin: wait, act, wait. A loop never overlaps itself. */
export interface Monitor {
  start(): void;
  /** Ends every wait. Turns under way are not awaited: whoever runs them ends them. */
  stop(): void;
  isTicking(): boolean;
  /** Brings one plugin's loop to what is wanted, now instead of with the next tick. */
  sync(watched: Watched): void;
  /** Wall clock, epoch ms, of the plugin's next turn; null when none is planned. */
  nextTurnAt(id: string): number | null;
  /** True when this process itself stood still at some time since `sinceMs` (monotonic): its timeouts prove nothing then. */
  stalledSince(sinceMs: number): boolean;
}

export interface MonitorOptions {
  clock: Clock;
  log: Log;
  watched: () => Iterable<Watched>;
  /** Called with every tick, once a second. */
  onTick: () => void;
  /** How many turns may run at once, so that what is measured is the plugin and not our own queue. */
  concurrency: number;
}

const TICK_MS = 1_000;
/** A tick that comes this late means that the machine slept or the process was held up. */
const STALL_MS = 2_000;

interface Loop {
  key: string;
  ending: AbortController;
  dueAt: number;
}

export function createMonitor({ clock, log, watched, onTick, concurrency }: MonitorOptions): Monitor {
  const loops = new Map<string, Loop>();
  // Two lines: a thousand dead plugins, each waiting for its timeout, must not make the living ones late.
  const healthy = createGate(concurrency);
  const suspects = createGate(concurrency);
  let ticking: AbortController | null = null;
  let lastTickMs = -Infinity;
  let lastStallMs = -Infinity;

  function sync(target: Watched): void {
    if (ticking === null) return;
    const wanted = target.target();
    const loop = loops.get(target.id);
    if (loop?.key === wanted?.key) return;
    loop?.ending.abort();
    loops.delete(target.id);
    if (wanted) begin(target, wanted.key);
  }

  function begin(target: Watched, key: string): void {
    const loop: Loop = { key, ending: new AbortController(), dueAt: clock.now() };
    loops.set(target.id, loop);
    turn(target, loop).catch((error: unknown) => {
      log.error({ err: error, pluginId: target.id }, "a plugin's loop broke; the next tick starts it again");
      if (loops.get(target.id) === loop) loops.delete(target.id);
    });
  }

  async function turn(target: Watched, loop: Loop): Promise<void> {
    const { signal } = loop.ending;
    for (let next = target.target(); next?.key === loop.key && !signal.aborted; next = target.target()) {
      const delayMs = Math.max(0, next.delayMs(clock.monotonic()));
      loop.dueAt = clock.now() + delayMs;
      await clock.sleep(delayMs, signal);
      if (signal.aborted) return;
      const { run } = next;
      const gate = next.isSuspect() ? suspects : healthy;
      await gate.run(async () => (signal.aborted ? undefined : run()));
    }
  }

  function dropUnknown(): void {
    const known = new Set(Array.from(watched(), ({ id }) => id));
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
      for (const target of watched()) sync(target);
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
        log.fatal({ err: error }, "the monitor stopped");
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
    nextTurnAt: (id) => loops.get(id)?.dueAt ?? null,
    stalledSince: (sinceMs) => lastStallMs >= sinceMs || clock.monotonic() - lastTickMs > STALL_MS,
  };
}
