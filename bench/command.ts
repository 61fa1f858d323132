/**
 * What it costs to look at a command whose folder is full: how long the first look and the following ones take, and how long the event
 * loop stands still meanwhile. Prints, asserts nothing.
 *
 *   tsx bench/command.ts [files=18900] [megabytes=400]
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Manifest } from "../lib/contract/manifest.ts";
import { createFileDigests } from "../lib/host/file-digest.ts";
import { lookAtCommand } from "../lib/host/process-command.ts";
import { createClock } from "../lib/real-clock.ts";
import { textTable } from "../scripts/text-table.ts";
import { ms } from "./figures.ts";

const FILES = Number(process.argv[2] ?? 18_900);
const MEGABYTES = Number(process.argv[3] ?? 400);
const IN_ONE_FOLDER = 100;
const ROUNDS = ["first", "second", "third"];

const folder = await mkdtemp(join(tmpdir(), "loom-bench-command-"));
for (let at = 0; at < FILES; at++) {
  const home = join(folder, "node_modules", `package-${Math.floor(at / IN_ONE_FOLDER)}`);
  if (at % IN_ONE_FOLDER === 0) await mkdir(home, { recursive: true });
  await writeFile(join(home, `module-${at}.js`), "x".repeat(2_000));
}
await writeFile(join(folder, "model.bin"), Buffer.alloc(MEGABYTES * 1_048_576, 1));
// Digests of files that have just been written are not remembered.
await delay(2_500);

const clock = createClock();
const digests = createFileDigests(clock);
const manifest = Manifest.parse({
  type: "http",
  endpoint: "http://127.0.0.1:8090",
  metadata: { name: "Full", version: "1.0.0", provider_type: "full" },
  ...{ command: "node", args: ["plugin.js"] },
});
const rows: string[][] = [];
for (const round of ROUNDS) {
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  const startedMs = performance.now();
  const file = join(folder, "plugin.yaml");
  const { coverage } = await lookAtCommand({
    ...{ manifest, file, digests, clock, searchPath: process.env["PATH"] ?? "" },
  });
  const took = performance.now() - startedMs;
  stalls.disable();
  rows.push([round, String(coverage.files), ms(took), ms(stalls.percentile(99) / 1e6), ms(stalls.max / 1e6)]);
}
console.log(textTable([["look", "files", "ms", "stall p99 ms", "longest stall ms"], ...rows]));
await rm(folder, { recursive: true });
