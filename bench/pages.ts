/**
 * How long every page takes to its first byte with 100 plugins, and how much memory the console holds when idle.
 * Needs a build (`npm run build`); starts everything else itself. Prints, asserts nothing.
 *
 *   tsx bench/pages.ts [plugins=100] [idleSeconds=60]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../lib/client/api.ts";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";
import { ms, percentileOf } from "./figures.ts";

const PLUGINS = Number(process.argv[2] ?? 100);
const IDLE_SECONDS = Number(process.argv[3] ?? 60);
const WARM_UP = 5;
const SAMPLES = 30;

const say = (text: string) => process.stdout.write(`${text}\n`);

async function startStubs(): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, ["bench/stub-plugins.mjs"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: line.toString().trim(), stop: () => void child.kill() };
}

/** Registers and enables them eight at a time; returns the ids. */
async function registerAll(api: Api, stubs: string): Promise<string[]> {
  const ids: string[] = [];
  const numbers = Array.from({ length: PLUGINS }, (_, number) => number).values();
  const work = async () => {
    for (const number of numbers) {
      const endpoint = `${stubs}/p/${number}`;
      const plugin = await api.registerPlugin({ endpoint, name: `stub-${number}`, approveEndpoint: true });
      await api.enablePlugin(plugin.id);
      ids.push(plugin.id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return ids;
}

async function allHealthy(api: Api): Promise<void> {
  await waitFor(
    "every plugin healthy",
    async () => ((await api.listPlugins()).every(({ badge }) => badge === "healthy") ? true : undefined),
    120_000,
  );
}

/** Milliseconds to the first byte of the body and to its last, and its size. */
async function fetchTimed(
  url: string,
  cookie: string,
): Promise<{ first: number; last: number; bytes: number }> {
  const began = performance.now();
  const response = await fetch(url, { headers: { cookie }, redirect: "error" });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  let first = 0;
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    first ||= performance.now() - began;
    bytes += chunk.length;
  }
  return { first, last: performance.now() - began, bytes };
}

async function measurePage(url: string, path: string, cookie: string): Promise<string[]> {
  for (let i = 0; i < WARM_UP; i++) await fetchTimed(url + path, cookie);
  const runs = [];
  for (let i = 0; i < SAMPLES; i++) runs.push(await fetchTimed(url + path, cookie));
  const first = runs.map((run) => run.first);
  const last = runs.map((run) => run.last);
  const size = `${((runs[0]?.bytes ?? 0) / 1024).toFixed(0)} KB`;
  return [
    path,
    ms(percentileOf(first, 0.5)),
    ms(percentileOf(first, 0.95)),
    ms(percentileOf(last, 0.5)),
    size,
  ];
}

function residentMegabytes(pid: number): string {
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}

const stubs = await startStubs();
const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "warn" } });
try {
  const { api, cookie } = await signIn(loom);
  say(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
  say(`resident after start: ${residentMegabytes(loom.pid)}`);
  const began = performance.now();
  const [id] = await registerAll(api, stubs.url);
  await allHealthy(api);
  say(`${PLUGINS} plugins registered, enabled and healthy in ${ms(performance.now() - began)} ms\n`);

  const tabs = ["", "/configuration", "/health", "/models", "/activity"].map((tab) => `/plugins/${id}${tab}`);
  const paths = [
    "/api/health",
    "/api/plugins",
    "/",
    "/plugins",
    "/plugins/new",
    ...tabs,
    "/playground",
    "/activity",
  ];
  const rows = [];
  for (const path of paths) rows.push(await measurePage(loom.url, path, cookie));
  const named = rows.map(([path = "", ...figures]) => [path.replace(String(id), ":id"), ...figures]);
  say(textTable([["path", "first byte p50 ms", "p95", "last byte p50", "size"], ...named]));
  say("/api/health does no work: it is the baseline.\n");

  say(`resident after the requests: ${residentMegabytes(loom.pid)}`);
  await delay(IDLE_SECONDS * 1000);
  say(`resident after ${IDLE_SECONDS} idle seconds more: ${residentMegabytes(loom.pid)}`);
} finally {
  stubs.stop();
  await loom.stop();
  await removeDirectory(loom.dataDirectory);
}
