/**
 * What it costs to look at a command whose folder is full: how long the first look and the following ones take, and how long the longest
 * turn of the event loop is, in time on the processor, which a busy machine does not change. Linux only. Prints, asserts nothing.
 *
 *   tsx bench/command.ts [files=18900] [megabytes=400]
 */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Manifest } from "../lib/contract/manifest.ts";
import { createFileDigests } from "../lib/host/approval/file-digest.ts";
import { lookAtCommand } from "../lib/host/approval/command-fingerprint.ts";
import { createClock } from "../lib/real-clock.ts";
import { textTable } from "../scripts/text-table.ts";
import { ms } from "./figures.ts";

const FILES = Number(process.argv[2] ?? 18_900);
const MEGABYTES = Number(process.argv[3] ?? 400);
const IN_ONE_FOLDER = 100;
const ROUNDS = ["first", "second", "third", "for a decision"];

const folder = await mkdtemp(join(tmpdir(), "loom-bench-command-"));
for (let at = 0; at < FILES; at++) {
  const home = join(folder, "node_modules", `package-${Math.floor(at / IN_ONE_FOLDER)}`);
  if (at % IN_ONE_FOLDER === 0) await mkdir(home, { recursive: true });
  await writeFile(join(home, `module-${at}.js`), "x".repeat(2_000));
}
await writeFile(join(folder, "model.bin"), Buffer.alloc(MEGABYTES * 1_048_576, 1));
// Digests of files that have just been written are not remembered.
await delay(2_500);

/** proc_pid_schedstat(5): nanoseconds the main thread has spent on a processor. */
function mainThreadMs(): number {
  const [spent = "0"] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(spent) / 1e6;
}

/** Follows turn by turn; `stop` tells the longest, ms. */
function watchTurns(): { stop(): number } {
  let [longest, before, running] = [0, mainThreadMs(), true];
  const turn = () => {
    const now = mainThreadMs();
    longest = Math.max(longest, now - before);
    before = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      running = false;
      return longest;
    },
  };
}

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
  const turns = watchTurns();
  const startedMs = performance.now();
  const file = join(folder, "plugin.yaml");
  const { coverage } = await lookAtCommand({
    ...{ manifest, file, digests, clock, searchPath: process.env["PATH"] ?? "" },
    again: round === "for a decision",
  });
  const took = performance.now() - startedMs;
  rows.push([round, String(coverage.files), ms(took), ms(turns.stop())]);
}
console.log(textTable([["look", "files", "ms", "longest turn, CPU ms"], ...rows]));
await rm(folder, { recursive: true });
