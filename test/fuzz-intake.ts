import { isIP } from "node:net";
import { performance } from "node:perf_hooks";
import fc from "fast-check";
import { isAppError } from "../lib/contract/error.ts";
import { classifyAddress, parseEndpoint, type Endpoint } from "../lib/core/address.ts";
import { readManifest } from "../lib/intake/manifest.ts";
import type { TestConsole } from "./api-console.ts";
import { LARGE_MANIFESTS } from "./large-manifests.ts";
import { addresses, hostileTexts } from "./manifest-arbitrary.ts";

/** What came of it. Times in milliseconds. */
export interface FuzzReport {
  runs: number;
  /** Of them, how many also went through the API. */
  requests: number;
  accepted: number;
  /** Answers with a status of 500 and above; the inputs, at most ten. */
  failures: string[];
  /** Whatever was thrown that should not have been, at most ten. */
  crashes: string[];
  /** Longest that one input held the thread: by the clock, and by the processor (which other programs cannot lengthen). */
  worst: { wallMs: number; cpuMs: number; input: string };
  isPrototypeUnchanged: boolean;
}

interface FuzzOptions {
  runs: number;
  seed: number;
  /** Every so many inputs, one is sent to the preview. */
  apiEvery: number;
  loom: TestConsole;
  /** Called after each batch with how many are done. */
  onProgress?(done: number): void;
}

const BATCH = 1_000;
/** One input in so many is a large one. */
const LARGE_EVERY = 200;

type Input = { kind: "text" | "address"; value: string };

const inputs: fc.Arbitrary<Input> = fc.oneof(
  { weight: 2, arbitrary: hostileTexts().map((value) => ({ kind: "text" as const, value })) },
  { weight: 1, arbitrary: addresses().map((value) => ({ kind: "address" as const, value })) },
);
const large: fc.Arbitrary<Input> = fc
  .tuple(fc.constantFrom(...LARGE_MANIFESTS), fc.nat(65_536), hostileTexts())
  .map(([{ text }, at, put]) => ({
    kind: "text",
    value: (text.slice(0, at) + put + text.slice(at)).slice(0, 65_536),
  }));

/**
 * Puts generated manifests and addresses through the readers in this process, and some of them through the API. Contacts nothing and
 * resolves nothing: what would is left out of the requests.
 */
export async function fuzzIntake({
  runs,
  seed,
  apiEvery,
  loom,
  onProgress,
}: FuzzOptions): Promise<FuzzReport> {
  const before = snapshotPrototypes();
  const report: FuzzReport = {
    runs: 0,
    requests: 0,
    accepted: 0,
    failures: [],
    crashes: [],
    worst: { wallMs: 0, cpuMs: 0, input: "" },
    isPrototypeUnchanged: true,
  };
  await readFirst();
  for (let batch = 0; report.runs < runs; batch++) {
    const numRuns = Math.min(BATCH, runs - report.runs);
    const samples = fc.sample(inputs, { seed: seed + batch, numRuns });
    const giants = fc.sample(large, { seed: seed + batch, numRuns: Math.ceil(numRuns / LARGE_EVERY) });
    for (const [index, sample] of samples.entries()) {
      const input = index % LARGE_EVERY === 0 ? (giants[index / LARGE_EVERY] ?? sample) : sample;
      readOne(input, report);
      if (index % apiEvery === 0) await requestOne(input, loom, report);
    }
    report.runs += numRuns;
    onProgress?.(report.runs);
  }
  report.isPrototypeUnchanged = snapshotPrototypes() === before;
  return report;
}

/** The first readings of a process wait for the compiler; what is measured is a console that runs. */
async function readFirst(): Promise<void> {
  for (const { text } of LARGE_MANIFESTS) for (let run = 0; run < 3; run++) readManifest(text);
  await new Promise((resolve) => setImmediate(resolve));
}

function readOne({ kind, value }: Input, report: FuzzReport): void {
  const cpu = process.cpuUsage();
  const started = performance.now();
  try {
    const isGood = kind === "text" ? readManifest(value).manifest !== null : isReadable(value);
    if (isGood) report.accepted += 1;
  } catch (error) {
    if (report.crashes.length < 10)
      report.crashes.push(`${String(error)}: ${JSON.stringify(value.slice(0, 500))}`);
  }
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  // Compiler and garbage collector work beside this thread: neither figure alone tells how long it was held.
  if (Math.min(wallMs, cpuMs) > Math.min(report.worst.wallMs, report.worst.cpuMs)) {
    report.worst = { wallMs, cpuMs, input: value.slice(0, 200) };
  }
}

function isReadable(address: string): boolean {
  const endpoint = toEndpoint(address);
  return endpoint !== null && classifyAddress(endpoint.host) !== "forbidden";
}

/** Null for what `invalid_url` refuses; anything else that is thrown goes on. */
function toEndpoint(address: string): Endpoint | null {
  try {
    return parseEndpoint(address);
  } catch (error) {
    if (isAppError(error) && error.code === "invalid_url") return null;
    throw error;
  }
}

async function requestOne(input: Input, loom: TestConsole, report: FuzzReport): Promise<void> {
  const body = input.kind === "text" ? { manifestText: input.value } : { endpoint: input.value };
  if (!isHarmless(input)) return;
  const { status } = await loom.call("POST", "/api/plugins/preview", { as: "admin", body });
  report.requests += 1;
  if (status >= 500 && report.failures.length < 10)
    report.failures.push(`${status}: ${JSON.stringify(body).slice(0, 500)}`);
}

/** A manifest is only read, but the name in its address would be looked up; an address itself would be asked, if it may be. */
function isHarmless({ kind, value }: Input): boolean {
  const address = kind === "text" ? readManifest(value).manifest?.endpoint : value;
  const endpoint = address === undefined ? null : toEndpoint(address);
  if (endpoint === null) return true;
  return isIP(endpoint.host) !== 0 && (kind === "text" || classifyAddress(endpoint.host) !== "allowed");
}

function snapshotPrototypes(): string {
  return [Object.prototype, Array.prototype, String.prototype, Function.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).map(String).join())
    .join("\n");
}
