/**
 * What a process plugin that floods its log costs everybody else: memory of the console, how late it answers meanwhile, and how late
 * other plugins are checked; beside the same time without a flood. Needs a build (`npm run build`). Prints, asserts nothing.
 *
 *   tsx bench/log-flood.ts [megabytesPerSecond=100] [seconds=10]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../lib/client/api.ts";
import { readMemory, readProcess } from "../lib/host/process/process-tree.ts";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";
import { dropProcessPlugin } from "../test/process-folder.ts";
import { ms, percentileOf } from "./figures.ts";

const RATE = Number(process.argv[2] ?? 100);
const SECONDS = Number(process.argv[3] ?? 10);
const MB = 1_048_576;
const PROBE_MS = 20;
const NEIGHBOURS = 50;
const CHECK_EVERY_MS = 5_000;

const loom = await startConsole({
  env: { ...ADMIN_ENV, LOOM_ALLOW_PROCESSES: "true", LOOM_LOG_LEVEL: "warn" },
});
const { api, cookie } = await signIn(loom);

interface Measured {
  what: string;
  /** Bytes above the start, at most. */
  growth: number;
  /** How long `/api/health`, which touches nothing, took to answer, ms. */
  latencies: number[];
  /** How far from its turn each check of another plugin came, ms. */
  late: number[];
  cpuSeconds: number;
  load: string;
}

const neighbours = spawn(process.execPath, ["bench/stub-plugins.mjs"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [address] = (await once(neighbours.stdout, "data")) as [Buffer];
const origin = address.toString().trim();

/** When the other plugins were asked for their health since the last call, epoch ms each. */
async function takeChecks(): Promise<Record<string, number[]>> {
  return (await (await fetch(`${origin}/checks`)).json()) as Record<string, number[]>;
}

async function installNeighbours(client: Api): Promise<void> {
  for (let number = 0; number < NEIGHBOURS; number++) {
    const endpoint = `${origin}/p/${number}`;
    const { id } = await client.registerPlugin({ endpoint, approveEndpoint: true });
    await client.changePlugin(id, { healthCheckIntervalSeconds: CHECK_EVERY_MS / 1_000 });
    await client.enablePlugin(id);
  }
}

async function measure(what: string): Promise<Measured> {
  const [memory, cpu] = [await readMemory(loom.pid), await readProcess(loom.pid)];
  const latencies: number[] = [];
  let growth = 0;
  await takeChecks();
  const until = performance.now() + SECONDS * 1_000;
  while (performance.now() < until) {
    const began = performance.now();
    await (await fetch(`${loom.url}/api/health`)).text();
    latencies.push(performance.now() - began);
    growth = Math.max(growth, (await readMemory(loom.pid)) - memory);
    await delay(PROBE_MS);
  }
  const ticks = ((await readProcess(loom.pid))?.cpuTicks ?? 0) - (cpu?.cpuTicks ?? 0);
  const late = Object.values(await takeChecks()).flatMap(([first = 0, ...others]) =>
    others.map((at, index) => Math.abs(at - first - (index + 1) * CHECK_EVERY_MS)),
  );
  return { what, growth, latencies, late, cpuSeconds: ticks / 100, load: loadavg()[0]?.toFixed(1) ?? "" };
}

async function install(client: Api): Promise<string> {
  const name = "Flooding";
  await dropProcessPlugin(loom.pluginsDirectory, name);
  await client.rescanFolders();
  const { id } = await waitFor(name, () => client.getPlugin(name).catch(() => undefined), 60_000);
  const { command } = await client.getProcess(id);
  if (command === null) throw new Error("There is nothing to approve");
  await client.approveProcess(id, command);
  await client.enablePlugin(id);
  await waitFor("the plugin healthy", async () =>
    (await client.getPlugin(id)).badge === "healthy" ? true : undefined,
  );
  return id;
}

async function say(pluginId: string, content: string): Promise<void> {
  const response = await fetch(`${loom.url}/api/playground/runs`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie },
    body: JSON.stringify({ panes: [{ pluginId, model: "echo" }], messages: [{ role: "user", content }] }),
  });
  await response.text();
}

await installNeighbours(api);
const id = await install(api);
await measure("warm-up");
const calm = await measure("without a flood");
await say(id, `flood ${RATE} ${SECONDS}`);
const flooded = await measure(`${RATE} MB/s for ${SECONDS} s`);
const last = await waitFor(
  "the end of the flood",
  async () => {
    const lines = await api.listLog(id, { limit: 20 });
    return lines.find(({ text }) => text.startsWith("flooded "))?.text;
  },
  60_000,
).catch(() => "its last line was dropped");
const remarks = await api.listLog(id, { stream: "console", limit: 100 });
const dropped = remarks.reduce(
  (sum, { text }) => sum + Number(/^([\d,]+) lines dropped/.exec(text)?.[1]?.replaceAll(",", "") ?? 0),
  0,
);

process.stdout.write(
  `${textTable([
    ["what", "memory +MB", "/api/health p50 ms", "p99 ms", "max ms", "others late p99 ms", "CPU s", "load"],
    ...[calm, flooded].map(({ what, growth, latencies, late, cpuSeconds, load }) => [
      what,
      (growth / MB).toFixed(1),
      ms(percentileOf(latencies, 0.5)),
      ms(percentileOf(latencies, 0.99)),
      ms(Math.max(...latencies)),
      `${ms(percentileOf(late, 0.99))} of ${late.length}`,
      cpuSeconds.toFixed(1),
      load,
    ]),
    ["wanted", "64", "", "250", "", "250", "", ""],
  ])}\n${last}; ${dropped.toLocaleString("en")} lines of about 100 bytes dropped\n`,
);
neighbours.kill();
await loom.stop();
await removeDirectory(loom.dataDirectory);
