/**
 * How long a folder of manifests takes to be registered and how long the event loop stands still meanwhile, and how long a
 * changed file takes from the moment it settled to its effect; beside reading and parsing the same files alone.
 * Prints, asserts nothing.
 *
 *   tsx bench/folder.ts [manifests=1000] [changes=20]
 */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createHost } from "../lib/host/create-host.ts";
import { SETTLE_MS } from "../lib/host/folder/directory-watcher.ts";
import { readManifest } from "../lib/intake/manifest.ts";
import { createLog } from "../lib/log.ts";
import { loadApprovals } from "../lib/operations/address/approved-address-cache.ts";
import { createFolders } from "../lib/operations/folder/watched-folders.ts";
import { createClock } from "../lib/real-clock.ts";
import { createPluginClient } from "../lib/transport/create.ts";
import { textTable } from "../scripts/text-table.ts";
import { waitFor } from "../test/console-process.ts";
import { createTestData } from "../test/database.ts";
import { ms, percentileOf } from "./figures.ts";

const MANIFESTS = Number(process.argv[2] ?? 1_000);
const CHANGES = Number(process.argv[3] ?? 20);

const folder = await mkdtemp(join(tmpdir(), "loom-bench-folder-"));
const pathOf = (index: number) => join(folder, `group-${index % 20}`, `plugin-${index}`, "plugin.yaml");

function textOf(index: number, interval: number): string {
  return `type: http
endpoint: http://127.0.0.1:9100/plugin-${index}
health_check_interval: ${interval}
metadata:
  name: Plugin ${index}
  version: 1.0.0
  provider_type: bench-${index}
  description: One of many
  capabilities: { streaming: true }
  config_schema:
    - { name: api_key, type: string, required: true, sensitive: true, description: The key }
    - { name: timeout, type: int, default: 30, validation: { min: 1, max: 300 } }
    - { name: region, type: string, default: eu, validation: { enum: [eu, us] } }
`;
}

for (let index = 0; index < MANIFESTS; index++) {
  await mkdir(join(pathOf(index), ".."), { recursive: true });
  await writeFile(pathOf(index), textOf(index, 60));
}
await delay(2 * SETTLE_MS);

interface Measured {
  took: number;
  /** Longest time between two turns of the event loop. */
  stall: number;
  /** Most time this thread worked between two turns: without waiting for a processor or the disk, which others keep busy too. */
  work: number;
}

/** How long this thread has had a processor, ms; NaN where the system does not tell (proc(5), schedstat). */
function workedMs(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
  } catch {
    return NaN;
  }
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const found = { stall: 0, work: 0 };
  let [at, worked] = [performance.now(), workedMs()];
  const timer = setInterval(() => {
    const [now, nowWorked] = [performance.now(), workedMs()];
    found.stall = Math.max(found.stall, now - at - 1);
    found.work = Math.max(found.work, nowWorked - worked);
    [at, worked] = [now, nowWorked];
  }, 1);
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  await delay(20);
  clearInterval(timer);
  return { took, ...found };
}

const baseline = await measure(async () => {
  for (let index = 0; index < MANIFESTS; index++) {
    readManifest(await readFile(pathOf(index), "utf8"));
  }
});

const clock = createClock();
const log = createLog({ level: "warn", pretty: true });
const { data, close } = await createTestData(clock);
const approvals = await loadApprovals(data.approvals);
const ownPort = () => 3000;
const createClient = createPluginClient({ approvals, ownPort, builtins: {}, clock });
const host = createHost({ data, clock, log, builtins: {}, createClient });
await host.start();
const context = { data, host, clock, log, approvals, ownPort };
const folders = createFolders(context, [folder]);

const registering = await measure(() => folders.start());
const registered = (await data.plugins.listTaken()).names.size;
// Each folder and file gets a watch of its own after the first look, which competes with whatever comes next.
const watching = await measure(() => delay(2_000));
const rescanning = await measure(async () => void (await folders.rescan()));
const reporting = await measure(async () => void (await folders.report()));

const effects: number[] = [];
const changing = await measure(async () => {
  for (let turn = 0; turn < CHANGES; turn++) {
    const index = (turn * 37) % MANIFESTS;
    const interval = 100 + turn;
    await writeFile(pathOf(index), textOf(index, interval));
    const written = performance.now();
    const endpoint = `http://127.0.0.1:9100/plugin-${index}`;
    await waitFor(`change ${turn}`, async () => {
      const record = await data.plugins.findByEndpoint(endpoint);
      return record?.healthCheckIntervalSeconds === interval ? true : undefined;
    });
    effects.push(performance.now() - written - SETTLE_MS);
  }
});

const row = (what: string, { took, stall, work }: Measured) => [what, ms(took), ms(stall), ms(work)];
process.stdout.write(
  `${textTable([
    ["what", "ms", "longest stall ms", "most work in one turn ms"],
    row(`read and parse ${MANIFESTS} files, nothing else`, baseline),
    row(`register ${registered} of ${MANIFESTS} manifests at the start`, registering),
    row("set up the watches, in the two seconds after the start", watching),
    row("reload folders, nothing changed", rescanning),
    row("tell what was found", reporting),
    row(`a changed file, from settled to effect, p50 of ${CHANGES}`, {
      ...changing,
      took: percentileOf(effects, 0.5) ?? 0,
    }),
    ["the same, p95", ms(percentileOf(effects, 0.95)), "", ""],
  ])}\nload ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}\n`,
);
await folders.stop();
await host.stop();
await close();
await rm(folder, { recursive: true, force: true });
