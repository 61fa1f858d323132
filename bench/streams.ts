/**
 * Many chat streams at once through a real console, beside the same streams taken from the plugin directly: errors, how much later
 * words arrive, whether any stream carries another's words, and how soon the plugin is left when the reader leaves.
 * Needs a build (`npm run build`). Prints, asserts nothing.
 *
 *   tsx bench/streams.ts [streams=500] [aborts=1000]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";
import { ms, percentileOf } from "./figures.ts";
import type { Left } from "./stream-leaver.ts";
import { listen, postJson, throughConsole, type Ask, type Heard } from "./stream-reader.ts";

const STREAMS = Number(process.argv[2] ?? 500);
const ABORTS = Number(process.argv[3] ?? 1_000);
const CHUNKS = 50;
const EVERY_MS = 100;

/** The loader and not the command: one process, whose end is the end of the program. */
const TSX = "--import=tsx";

const stub = spawn(process.execPath, [TSX, "bench/streaming-stub.ts"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = (await once(stub.stdout, "data")) as [Buffer];
const endpoint = line.toString().trim();
const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "warn" } });
const { api, cookie } = await signIn(loom);
const { id: pluginId } = await api.registerPlugin({ endpoint, approveEndpoint: true });
await api.enablePlugin(pluginId);
const source = { url: loom.url, cookie, pluginId };

interface StubState {
  open: number;
  cutAt: Record<string, number>;
  stallMs: number;
}

const descriptors = () => readdirSync(`/proc/${loom.pid}/fd`).length;

const directly: Ask = (order, signal) => {
  const messages = [{ role: "user", content: JSON.stringify(order) }];
  return postJson(`${endpoint}/chat/completions`, { model: "stream", stream: true, messages }, signal);
};

async function together(ask: Ask, prefix: string): Promise<string[]> {
  const errors: string[] = [];
  const all: Heard[] = [];
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      const order = { id: `${prefix}-${index}`, chunks: CHUNKS, everyMs: EVERY_MS };
      await delay(index * 2);
      try {
        const heard = await listen(ask, order, new AbortController().signal);
        all.push(heard);
        if (heard.words !== CHUNKS) errors.push(`${order.id} carried ${heard.words} words`);
      } catch (error) {
        errors.push(String(error));
      }
    }),
  );
  const delays = all.flatMap((heard) => heard.delays);
  return [
    `${STREAMS} streams, ${prefix}`,
    String(errors.length),
    String(all.reduce((sum, { foreign }) => sum + foreign, 0)),
    ms(percentileOf(delays, 0.5)),
    ms(percentileOf(delays, 0.99)),
    ms(percentileOf(delays, 1)),
    loadavg()[0]?.toFixed(1) ?? "",
  ];
}

/** Has streams left by a process of its own; then compares when each was left with when the plugin noticed. */
async function leave(): Promise<{ row: string[]; stalls: string }> {
  const { left, stallMs: consoleMs } = await runLeaver();
  const state = await waitFor("every stream closed at the plugin", async () => {
    const found = (await (await fetch(`${endpoint}/state`)).json()) as StubState;
    return found.open === 0 ? found : undefined;
  });
  const late = Object.entries(state.cutAt)
    .filter(([id]) => id in left.leftAt)
    .map(([id, at]) => at - (left.leftAt[id] ?? 0));
  const row = [
    `${ABORTS} left at random: the plugin is left after (${late.length} had reached it)`,
    String(left.errors.length),
    String(left.foreign),
    ms(percentileOf(late, 0.5)),
    ms(percentileOf(late, 0.99)),
    ms(percentileOf(late, 1)),
    loadavg()[0]?.toFixed(1) ?? "",
  ];
  const stalls = `longest stall meanwhile: whoever leaves ${ms(left.stallMs)} ms, the plugin ${ms(state.stallMs)} ms, the console ${ms(consoleMs)} ms (by the slowest /api/health)`;
  return { row, stalls: [stalls, ...left.errors.slice(0, 5)].join("\n") };
}

/** Also tells how long the console took at most to answer what touches nothing. */
async function runLeaver(): Promise<{ left: Left; stallMs: number }> {
  let stallMs = 0;
  const over = new AbortController();
  const probing = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now();
      await (await fetch(`${loom.url}/api/health`)).text();
      stallMs = Math.max(stallMs, performance.now() - began);
      await delay(5);
    }
  })();
  const order = JSON.stringify({ ...source, aborts: ABORTS });
  const child = spawn(process.execPath, [TSX, "bench/stream-leaver.ts", order], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const bytes of child.stdout) text += String(bytes);
  over.abort();
  await probing;
  return { left: JSON.parse(text) as Left, stallMs };
}

const before = descriptors();
const rows = [await together(directly, "direct"), await together(throughConsole(source), "console")];
const { row, stalls } = await leave();
await waitFor("descriptors closed", () => (descriptors() <= before + 2 ? true : undefined), 20_000).catch(
  () => undefined,
);
process.stdout.write(
  `${textTable([["what", "errors", "foreign words", "p50 ms", "p99 ms", "max ms", "load"], ...rows, row])}\n${stalls}\nfile descriptors of the console: ${before} before, ${descriptors()} after\n`,
);
stub.kill();
await loom.stop();
await removeDirectory(loom.dataDirectory);
