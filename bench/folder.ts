/**
 * How long a folder of manifests takes to be registered and how long the event loop stands still meanwhile, and how long a
 * changed file takes from the moment it settled to its effect; beside reading and parsing the same files alone.
 * Prints, asserts nothing.
 *
 *   tsx bench/folder.ts [manifests=1000] [changes=20]
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { createHost } from "../lib/host/create-host.ts";
import { SETTLE_MS } from "../lib/host/directory-watcher.ts";
import { readManifest } from "../lib/intake/manifest.ts";
import { createLog } from "../lib/log.ts";
import { loadApprovals } from "../lib/operations/approvals.ts";
import { createFolders } from "../lib/operations/folder.ts";
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

/** Time of the work, and the longest the event loop was away meanwhile, beyond the monitor's own millisecond. */
async function measure(work: () => Promise<void>): Promise<{ took: number; stall: number }> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await delay(20);
  delays.reset();
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  await delay(20);
  delays.disable();
  return { took, stall: delays.max / 1e6 - 1 };
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
const rescanning = await measure(async () => void (await folders.rescan()));

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

process.stdout.write(
  `${textTable([
    ["what", "ms", "longest stall ms"],
    [`read and parse ${MANIFESTS} files, nothing else`, ms(baseline.took), ms(baseline.stall)],
    [
      `register ${registered} of ${MANIFESTS} manifests at the start`,
      ms(registering.took),
      ms(registering.stall),
    ],
    [`reload folders, nothing changed`, ms(rescanning.took), ms(rescanning.stall)],
    [
      `a changed file, from settled to effect, p50 of ${CHANGES}`,
      ms(percentileOf(effects, 0.5)),
      ms(changing.stall),
    ],
    ["the same, p95", ms(percentileOf(effects, 0.95)), ""],
  ])}\n`,
);
await folders.stop();
await host.stop();
await close();
await rm(folder, { recursive: true, force: true });
