// Leaves streams at random moments, fifty at a time, in a process that does nothing else: what it measures is then not its own delay.
// Reads `StreamSource & { aborts }` as JSON from its argument, writes `Left` as JSON.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { listen, throughConsole, type StreamSource } from "./stream-reader.ts";

export interface Left {
  /** When each stream was left, epoch ms by id. */
  leftAt: Record<string, number>;
  /** Streams that ended before they were left, in words. */
  errors: string[];
  foreign: number;
  /** Longest time this process itself stood still, ms. */
  stallMs: number;
}

const AT_ONCE = 50;
const LONGEST_MS = 3_000;

const { aborts, ...source } = JSON.parse(process.argv[2] ?? "{}") as StreamSource & { aborts: number };
const ask = throughConsole(source);
const left: Left = { leftAt: {}, errors: [], foreign: 0, stallMs: 0 };
const stalls = monitorEventLoopDelay({ resolution: 5 });
stalls.enable();
const numbers = Array.from({ length: aborts }, (_, number) => number).values();

async function leaveOneByOne(): Promise<void> {
  for (const number of numbers) {
    const id = `left-${number}`;
    const controller = new AbortController();
    const listening = listen(ask, { id, chunks: 0, everyMs: 20 }, controller.signal).then(
      ({ foreign }) => {
        left.foreign += foreign;
        left.errors.push(`${id} ended by itself`);
      },
      (error: unknown) => {
        if (!controller.signal.aborted) left.errors.push(`${id}: ${String(error)}`);
      },
    );
    await delay(Math.random() * LONGEST_MS);
    left.leftAt[id] = Date.now();
    controller.abort();
    await listening;
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, leaveOneByOne));
left.stallMs = stalls.max / 1e6;
process.stdout.write(JSON.stringify(left));
