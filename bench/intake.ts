/**
 * What reading a manifest costs: parse, validate, findings with positions, one reading at a time on one core. Manifests as people
 * write them and the worst 64 KB we could think of, beside `JSON.parse` of a text of the same size. Prints, asserts nothing.
 *
 *   tsx bench/intake.ts [runs=200]
 */
import { performance } from "node:perf_hooks";
import { readManifest } from "../lib/intake/manifest.ts";
import { textTable } from "../scripts/text-table.ts";
import { LARGE_MANIFESTS } from "../test/large-manifests.ts";
import { ms, percentileOf } from "./figures.ts";

const RUNS = Number(process.argv[2] ?? 200);
/** Readings before the measured ones: the compiler of V8 has seen the code by then, as in a console that runs. */
const WARM_UP = 20;

function measure(work: () => unknown): number[] {
  for (let run = 0; run < WARM_UP; run++) work();
  return Array.from({ length: RUNS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
}

function toRow(name: string, size: number, times: number[], outcome: string): string[] {
  const [p50, p95] = [percentileOf(times, 0.5), percentileOf(times, 0.95)];
  return [name, `${(size / 1024).toFixed(1)} KB`, ms(p50), ms(p95), ms(Math.max(...times)), outcome];
}

/** First readings, with nothing compiled yet, are what a person waits for after a start. */
const cold = LARGE_MANIFESTS.map(({ text }) => {
  const started = performance.now();
  readManifest(text);
  return performance.now() - started;
});

const rows = LARGE_MANIFESTS.flatMap(({ name, text }, index) => {
  const json = JSON.stringify(text.match(/[^\s,]+/g) ?? []).slice(0, text.length - 2);
  const baseline = `${json.slice(0, json.lastIndexOf('","'))}"]`;
  const { manifest, findings } = readManifest(text);
  const outcome = `${manifest ? "accepted" : "refused"}, ${findings.length} findings, first time ${ms(cold[index] ?? 0)}`;
  return [
    toRow(
      name,
      text.length,
      measure(() => readManifest(text)),
      outcome,
    ),
    toRow(
      "  JSON.parse",
      baseline.length,
      measure(() => JSON.parse(baseline) as unknown),
      "",
    ),
  ];
});

console.log(`${RUNS} readings each after ${WARM_UP} to warm up; milliseconds.\n`);
console.log(textTable([["manifest", "size", "p50", "p95", "worst", "outcome"], ...rows]));
