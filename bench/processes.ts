/**
 * How soon a process plugin that crashed once is healthy again, and how long it takes to switch one off that ignores SIGTERM, has
 * children, and children that left its group. Needs a build (`npm run build`). Prints, asserts nothing.
 *
 *   tsx bench/processes.ts [crashes=10] [stops=3]
 */
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { RUN_VARIABLE } from "../lib/host/process/process-tree.ts";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";
import { dropProcessPlugin } from "../test/process-folder.ts";
import { ms, percentileOf } from "./figures.ts";

const CRASHES = Number(process.argv[2] ?? 10);
const STOPS = Number(process.argv[3] ?? 3);

const loom = await startConsole({
  env: { ...ADMIN_ENV, LOOM_ALLOW_PROCESSES: "true", LOOM_LOG_LEVEL: "error" },
});
const { api, cookie } = await signIn(loom);

async function install(name: string, env: Record<string, string> = {}): Promise<string> {
  await dropProcessPlugin(loom.pluginsDirectory, name, env);
  await api.rescanFolders();
  const { id } = await waitFor(name, () => api.getPlugin(name).catch(() => undefined), 60_000);
  const { command } = await api.getProcess(id);
  if (command === null) throw new Error(`${name} has nothing to approve`);
  await api.approveProcess(id, command);
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

/** Living processes of runs whose program lies in this console's folder. */
function countProcesses(): number {
  const read = (path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc").filter((name) => {
    const variables = /^\d+$/.test(name) ? read(`/proc/${name}/environ`) : "";
    const isOurs = variables.includes(`${RUN_VARIABLE}=`) && variables.includes(marker);
    return isOurs && !/\) Z /.test(read(`/proc/${name}/stat`));
  }).length;
}
const marker = `BENCH_OF=${loom.pid}`;
const env = { BENCH_OF: String(loom.pid) };

/** From the moment the crash was noticed by whoever chatted until it is healthy in another process. */
async function crash(id: string): Promise<number> {
  // A person restarts it in between: each crash is the first.
  await api.restartPlugin(id);
  const { pid } = await api.getProcess(id);
  await say(id, "crash");
  const began = performance.now();
  await waitFor("the plugin back", async () => {
    const now = await api.getProcess(id);
    if (now.pid === null || now.pid === pid) return undefined;
    return (await api.getPlugin(id)).badge === "healthy" ? true : undefined;
  });
  return performance.now() - began;
}

async function stop(id: string): Promise<{ tookMs: number; before: number; left: number }> {
  await api.enablePlugin(id);
  const before = await waitFor("its children", () => (countProcesses() >= 5 ? countProcesses() : undefined));
  const began = performance.now();
  await api.disablePlugin(id);
  return { tookMs: performance.now() - began, before, left: countProcesses() };
}

const crashing = await install("Crashing", env);
await api.enablePlugin(crashing);
const crashes: number[] = [];
for (let number = 0; number < CRASHES; number++) crashes.push(await crash(crashing));
await api.disablePlugin(crashing);
const stubborn = await install("Stubborn", { ...env, BEHAVIOUR: "stubborn" });
const stops: Array<Awaited<ReturnType<typeof stop>>> = [];
for (let number = 0; number < STOPS; number++) stops.push(await stop(stubborn));

const load = loadavg()[0]?.toFixed(1) ?? "";
const times = stops.map(({ tookMs }) => tookMs);
process.stdout.write(
  `${textTable([
    ["what", "p50 ms", "max ms", "wanted ms", "load"],
    [
      `${CRASHES} single crashes: healthy again after`,
      ms(percentileOf(crashes, 0.5)),
      ms(percentileOf(crashes, 1)),
      "1000",
      load,
    ],
    [
      `${STOPS} stubborn trees of ${stops[0]?.before} processes: switched off after`,
      ms(percentileOf(times, 0.5)),
      ms(percentileOf(times, 1)),
      "11000",
      load,
    ],
  ])}\nleft of the trees: ${stops.reduce((sum, { left }) => sum + left, 0)} processes (wanted: 0)\n`,
);
await loom.stop();
await removeDirectory(loom.dataDirectory);
