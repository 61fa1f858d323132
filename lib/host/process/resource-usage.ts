import type { ProcessUsage } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import { findRun, readMemory } from "./process-tree.ts";

/** Between two measurements, ms. */
const EVERY_MS = 5_000;
/** Half an hour of them. */
const KEPT = 360;
/** Clock ticks a second: USER_HZ, 100 on every Linux that Node runs on (proc(5)). */
const TICKS_PER_SECOND = 100;

export interface MeasuredRun {
  runId: string;
  /** The first process of the run, while it lives: it may have wiped the mark that names the run. */
  leader: number | null;
}

/** Measures what a run takes, its children included, until `signal` aborts. */
export interface UsageMeter {
  list(): ProcessUsage[];
  /** Resolves when the signal aborts. `onMeasure` hears each measurement. */
  watch(run: MeasuredRun, signal: AbortSignal, onMeasure: (usage: ProcessUsage) => void): Promise<void>;
}

export function createUsageMeter(clock: Clock): UsageMeter {
  const kept: ProcessUsage[] = [];

  async function measure({ runId, leader }: MeasuredRun, before: { ms: number; ticks: number } | null) {
    const entries = await findRun(runId, { leader });
    const memory = await Promise.all(entries.map(({ pid }) => readMemory(pid)));
    const ticks = entries.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
    const ms = clock.monotonic();
    // A child that ended takes its ticks along: less than before means nothing.
    const seconds = before === null ? 0 : (ms - before.ms) / 1_000;
    const cpu =
      before === null || seconds <= 0
        ? null
        : Math.max(0, (ticks - before.ticks) / TICKS_PER_SECOND / seconds);
    const usage: ProcessUsage = {
      at: clock.now(),
      cpu,
      memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0),
      processes: entries.length,
    };
    return { usage, ms, ticks };
  }

  return {
    list: () => [...kept],
    async watch(run, signal, onMeasure) {
      let before: { ms: number; ticks: number } | null = null;
      while (!signal.aborted) {
        const measured = await measure(run, before);
        if (signal.aborted) return;
        before = measured;
        kept.push(measured.usage);
        if (kept.length > KEPT) kept.shift();
        onMeasure(measured.usage);
        await clock.sleep(EVERY_MS, signal);
      }
    },
  };
}
