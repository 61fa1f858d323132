/**
 * Generated manifests and addresses, most of them hostile, through intake and, a share of them, through the API in this process. Prints
 * what broke, how fast it went and how long one input held the thread at most. Exits with 1 when something broke.
 *
 *   tsx bench/fuzz-intake.ts [runs=1000000] [seed=1] [apiEvery=50]
 */
import { performance } from "node:perf_hooks";
import { createTestConsole } from "../test/api-console.ts";
import { fuzzIntake } from "../test/fuzz-intake.ts";
import { ms } from "./figures.ts";

const [runs = 1_000_000, seed = 1, apiEvery = 50] = process.argv.slice(2).map(Number);

const loom = await createTestConsole();
const started = performance.now();
const report = await fuzzIntake({
  ...{ runs, seed, apiEvery, loom },
  onProgress(done) {
    if (done % 50_000 === 0) console.log(`${done} done after ${elapsed()} s`);
  },
});
const seconds = elapsed();

function elapsed(): number {
  return Math.ceil((performance.now() - started) / 1000);
}

console.log(`
inputs                  ${report.runs}, of them ${report.requests} through the API too
per second              ${Math.round(report.runs / seconds)}, generating them included
accepted                ${report.accepted}
5xx                     ${report.failures.length}
thrown                  ${report.crashes.length}
deaths                  0, or this line would not be here
worst single input      ${ms(report.worst.wallMs)} ms by the clock, ${ms(report.worst.cpuMs)} ms of processor
Object.prototype        ${report.isPrototypeUnchanged ? "unchanged" : "CHANGED"}`);
for (const line of [...report.failures, ...report.crashes]) console.log(line);
console.log(`worst input began with  ${JSON.stringify(report.worst.input)}`);

await loom.close();
process.exit(report.failures.length + report.crashes.length > 0 || !report.isPrototypeUnchanged ? 1 : 0);
