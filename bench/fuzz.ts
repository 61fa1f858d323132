/**
 * Mutated answers (HTTP, event streams, gRPC messages, headers and trailers) to every call of both network transports. Prints how they
 * ended, and exits with 1 when something was thrown that is no failure of the plugin, a call outlived its deadline, or the secret was seen.
 *
 *   tsx bench/fuzz.ts [runs=1000000] [seed=1]
 */
import { performance } from "node:perf_hooks";
import { fuzzAnswers } from "../test/fuzz-answers.ts";

const [runs = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const elapsed = () => Math.ceil((performance.now() - started) / 1000);

const report = await fuzzAnswers({
  ...{ runs, seed },
  onProgress(done) {
    if (done % 50_000 === 0) console.log(`${done} done after ${elapsed()} s`);
  },
});

const codes = Object.entries(report.codes)
  .sort(([, a], [, b]) => b - a)
  .map(([code, count]) => `${code} ${count}`);
console.log(`
answers                 ${report.runs}, ${Math.round(report.runs / elapsed())} a second
understood              ${report.answered}
failures by code        ${codes.join(", ")}
no failure of a plugin  ${report.crashes.length}
secrets in anything     ${report.leaks.length}
past every deadline     ${report.hangs}
longest call            ${Math.round(report.longestMs)} ms`);
for (const line of [...report.crashes, ...report.leaks]) console.log(line);
process.exit(report.crashes.length + report.leaks.length + report.hangs > 0 ? 1 : 0);
