/**
 * How late the checks of quick plugins are beside plugins that are slow, hang, or are not there: the time between two checks of one plugin,
 * less its interval. First alone, then beside the others. Needs a build (`npm run build`). Prints, asserts nothing.
 *
 *   tsx bench/lateness.ts [slow=200] [hanging=100] [refused=100] [seconds=60]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../lib/client/api.ts";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { removeDirectory, startConsole } from "../test/console-process.ts";
import { ms, percentileOf } from "./figures.ts";

const [slow = 200, hanging = 100, refused = 100, seconds = 60] = process.argv.slice(2).map(Number);
const QUICK = 20;
const INTERVAL_SECONDS = 5;

/** The quick come first, then the slow, then those that hang. */
const stubs = spawn(process.execPath, ["bench/stub-plugins.mjs"], {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, SLOW_FROM: String(QUICK), SLOW_MS: "4500", HANG_FROM: String(QUICK + slow) },
});
const [line] = (await once(stubs.stdout, "data")) as [Buffer];
const url = line.toString().trim();
const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "error" } });
const { api } = await signIn(loom);

await registerAll(api, 0, QUICK);
report("20 quick plugins alone", await measure());
await registerAll(api, QUICK, QUICK + slow + hanging);
for (let number = 0; number < refused; number += 1)
  await register(api, `http://127.0.0.1:2/p/${number}`, `refused-${number}`);
report(`beside ${slow} slow, ${hanging} hanging, ${refused} refused`, await measure());

stubs.kill();
await loom.stop();
await removeDirectory(loom.dataDirectory);

async function registerAll(to: Api, from: number, until: number): Promise<void> {
  const numbers = Array.from({ length: until - from }, (_, index) => from + index).values();
  const work = async () => {
    for (const number of numbers) await register(to, `${url}/p/${number}`, `stub-${number}`);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** One that cannot be asked who it is comes by manifest. Enabling is not waited for: a slow one takes its time. */
async function register(to: Api, endpoint: string, name: string): Promise<void> {
  const manifestText = `{"type":"http","endpoint":"${endpoint}","health_check_interval":${INTERVAL_SECONDS},"metadata":{"name":"${name}","version":"1.0.0","provider_type":"stub-${/\d+$/.exec(endpoint)?.[0]}"}}`;
  const { id } = await to.registerPlugin({ manifestText, name, approveEndpoint: true });
  void to.enablePlugin(id).catch(() => undefined);
}

/** Lateness of every check of the quick ones, ms. */
async function measure(): Promise<number[]> {
  await delay(15_000);
  await fetch(`${url}/checks`);
  await delay(seconds * 1_000);
  const checks = (await (await fetch(`${url}/checks`)).json()) as Record<string, number[]>;
  return Object.entries(checks).flatMap(([number, times]) =>
    Number(number) >= QUICK
      ? []
      : times.slice(1).map((time, index) => time - (times[index] ?? time) - INTERVAL_SECONDS * 1_000),
  );
}

function report(what: string, lateness: number[]): void {
  const figures = [0.5, 0.95, 0.99].map((share) => `p${share * 100} ${ms(percentileOf(lateness, share))}`);
  console.log(`${what.padEnd(52)} ${lateness.length} checks, late by ms: ${figures.join(", ")}`);
}
