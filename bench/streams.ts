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
import type { StreamOrder } from "../test/streaming-stub.ts";
import { ms, percentileOf } from "./figures.ts";

const STREAMS = Number(process.argv[2] ?? 500);
const ABORTS = Number(process.argv[3] ?? 1_000);
const CHUNKS = 50;
const EVERY_MS = 100;

const stub = spawn(process.execPath, ["node_modules/tsx/dist/cli.mjs", "bench/streaming-stub.ts"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = (await once(stub.stdout, "data")) as [Buffer];
const endpoint = line.toString().trim();
const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "warn" } });
const { api, cookie } = await signIn(loom);
const { id: pluginId } = await api.registerPlugin({ endpoint, approveEndpoint: true });
await api.enablePlugin(pluginId);

const descriptors = () => readdirSync(`/proc/${loom.pid}/fd`).length;

type Ask = (order: StreamOrder, signal: AbortSignal) => Promise<Response>;

function post(url: string, body: object, signal: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json", cookie };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
}

const directly: Ask = (order, signal) => {
  const messages = [{ role: "user", content: JSON.stringify(order) }];
  return post(`${endpoint}/chat/completions`, { model: "stream", stream: true, messages }, signal);
};
const throughConsole: Ask = (order, signal) => {
  const messages = [{ role: "user", content: JSON.stringify(order) }];
  return post(
    `${loom.url}/api/playground/runs`,
    { panes: [{ pluginId, model: "stream" }], messages },
    signal,
  );
};

interface Heard {
  /** From the plugin's clock to ours, ms, of each word. */
  delays: number[];
  words: number;
  foreign: number;
}

/** Words are `id:count:epochMs`, whatever surrounds them. */
const WORD = /([a-z]+-\d+):\d+:(\d{13})/g;

async function listen(ask: Ask, order: StreamOrder, signal: AbortSignal): Promise<Heard> {
  const heard: Heard = { delays: [], words: 0, foreign: 0 };
  const response = await ask(order, signal);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const [, id, sentAt] of lines.join("\n").matchAll(WORD)) {
      heard.words++;
      heard.delays.push(Date.now() - Number(sentAt));
      if (id !== order.id) heard.foreign++;
    }
  }
  return heard;
}

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

/** Leaves streams at random moments, fifty at a time; then compares when they were left with when the plugin noticed. */
async function leave(): Promise<string[]> {
  const leftAt = new Map<string, number>();
  let [foreign, errors] = [0, 0];
  const numbers = Array.from({ length: ABORTS }, (_, number) => number).values();
  const work = async () => {
    for (const number of numbers) {
      const id = `left-${number}`;
      const controller = new AbortController();
      const listening = listen(throughConsole, { id, chunks: 0, everyMs: 20 }, controller.signal).then(
        (heard) => (foreign += heard.foreign),
        () => (controller.signal.aborted ? 0 : errors++),
      );
      await delay(Math.random() * 3_000);
      leftAt.set(id, Date.now());
      controller.abort();
      await listening;
    }
  };
  await Promise.all(Array.from({ length: 50 }, work));
  const state = await waitFor("every stream closed at the plugin", async () => {
    const found = (await (await fetch(`${endpoint}/state`)).json()) as {
      open: number;
      cutAt: Record<string, number>;
    };
    return found.open === 0 ? found : undefined;
  });
  const late = Object.entries(state.cutAt)
    .filter(([id]) => leftAt.has(id))
    .map(([id, at]) => at - (leftAt.get(id) ?? 0));
  return [
    `${ABORTS} left at random: the plugin is left after (${late.length} had reached it)`,
    String(errors),
    String(foreign),
    ms(percentileOf(late, 0.5)),
    ms(percentileOf(late, 0.99)),
    ms(percentileOf(late, 1)),
    loadavg()[0]?.toFixed(1) ?? "",
  ];
}

const before = descriptors();
const rows = [await together(directly, "direct"), await together(throughConsole, "console"), await leave()];
await waitFor("descriptors closed", () => (descriptors() <= before + 2 ? true : undefined), 20_000).catch(
  () => undefined,
);
process.stdout.write(
  `${textTable([["what", "errors", "foreign words", "p50 ms", "p99 ms", "max ms", "load"], ...rows])}\nfile descriptors of the console: ${before} before, ${descriptors()} after\n`,
);
stub.kill();
await loom.stop();
await removeDirectory(loom.dataDirectory);
