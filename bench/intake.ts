/**
 * What reading a manifest costs: parse, validate, findings with positions, one reading at a time on one core. Manifests as people
 * write them and the worst 64 KB we could think of, beside `JSON.parse` of the same data as JSON. Prints, asserts nothing.
 *
 *   tsx bench/intake.ts [runs=200]
 */
import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { CORE_SCHEMA, load } from "js-yaml";
import { readManifest } from "../lib/intake/manifest.ts";
import { textTable } from "../scripts/text-table.ts";
import { LARGE_MANIFESTS } from "../test/large-manifests.ts";
import { ms, percentileOf } from "./figures.ts";

const RUNS = Number(process.argv[2] ?? 200);
/** Readings before the measured ones: the compiler of V8 has seen the code by then, as in a console that runs. */
const WARM_UP = 20;

/** How long one piece of work holds the thread: by the clock, or by the processor where other programs lengthened that. */
function hold(work: () => unknown): number {
  const cpu = process.cpuUsage();
  const started = performance.now();
  work();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return Math.min(wallMs, (user + system) / 1000);
}

function measure(work: () => unknown): number[] {
  for (let run = 0; run < WARM_UP; run++) work();
  return Array.from({ length: RUNS }, () => hold(work));
}

/** First readings, with nothing compiled yet, are what a person waits for after a start. */
const cold = LARGE_MANIFESTS.map(({ text }) => hold(() => readManifest(text)));

const rows = LARGE_MANIFESTS.map(({ name, text }, index) => {
  const times = measure(() => readManifest(text));
  const data = toJson(text);
  const baseline = data === null ? null : measure(() => JSON.parse(data) as unknown);
  const { manifest, findings } = readManifest(text);
  return [
    name,
    `${(text.length / 1024).toFixed(1)} KB`,
    ms(percentileOf(times, 0.5)),
    ms(percentileOf(times, 0.95)),
    ms(Math.max(...times)),
    ms(cold[index] ?? null),
    ms(baseline && percentileOf(baseline, 0.95)),
    `${manifest ? "accepted" : "refused"}, ${findings.length}`,
  ];
});

/** The same data as JSON; null for text that holds none. */
function toJson(text: string): string | null {
  try {
    return JSON.stringify(load(text, { schema: CORE_SCHEMA }));
  } catch {
    return null;
  }
}

const HEAD = ["manifest", "size", "p50", "p95", "worst", "first", "JSON p95", "findings"];
const load1 = loadavg()[0]?.toFixed(1);
console.log(
  `${RUNS} readings each after ${WARM_UP} to warm up; milliseconds; load of the machine ${load1}.\n`,
);
console.log(textTable([HEAD, ...rows]));
