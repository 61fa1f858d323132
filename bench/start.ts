/**
 * How long a second start takes, with `npm start` and as in the image, until /api/ready answers, beside the cost of Node alone and of Next alone.
 * Builds first when that is needed. Prints, asserts nothing.
 *
 *   tsx bench/start.ts [runs=3]
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, waitFor } from "../test/console-process.ts";
import { ms, percentileOf } from "./figures.ts";

const RUNS = Number(process.argv[2] ?? 3);
const dataDirectory = mkdtempSync(join(tmpdir(), "loom-bench-"));

/** One measured run: ends by itself, or answers at a path and is then stopped. */
interface Subject {
  name: string;
  command: string[];
  readyPath?: string;
  env?: Record<string, string>;
}

const SUBJECTS: Subject[] = [
  { name: "node -e 0", command: ["node", "-e", "0"] },
  { name: "next start, first answer", command: ["node_modules/.bin/next", "start"], readyPath: "/" },
  { name: "npm start, /api/ready", command: ["npm", "start"], readyPath: "/api/ready" },
  {
    name: "as in the image, /api/ready",
    command: ["node", "dist/server.js"],
    readyPath: "/api/ready",
    env: { NODE_COMPILE_CACHE: join(dataDirectory, "compile-cache") },
  },
];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function start({ command, env }: Subject, port: number): ChildProcess {
  const [program = "", ...args] = command;
  return spawn(program, args, {
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      LOOM_DATA_DIR: dataDirectory,
      LOOM_PLUGINS_DIR: join(dataDirectory, "plugins"),
      LOOM_LOG_LEVEL: "warn",
      ...env,
    },
    stdio: "ignore",
    // A group of its own: npm and next start children that have to end too.
    detached: true,
  });
}

/** Next alone answers 500 here, since its pages need our server; an answer is an answer. */
async function answers(child: ChildProcess, url: string, anyStatus: boolean): Promise<true | undefined> {
  if (child.exitCode !== null) throw new Error(`It exited with ${child.exitCode} before it answered.`);
  const response = await fetch(url, { redirect: "manual" }).catch(() => null);
  return response && (anyStatus || response.ok) ? true : undefined;
}

/** Milliseconds from spawning to the answer, or to the end of what only runs. */
async function runOnce(subject: Subject, timeoutMs = 60_000): Promise<number> {
  const { name, readyPath } = subject;
  const port = await freePort();
  const began = performance.now();
  const child = start(subject, port);
  const ended = once(child, "exit");
  try {
    if (readyPath === undefined) await ended;
    else {
      const url = `http://127.0.0.1:${port}${readyPath}`;
      await waitFor(name, () => answers(child, url, readyPath === "/"), timeoutMs);
    }
    return performance.now() - began;
  } finally {
    if (child.pid && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  }
}

// The first start is not measured: it installs, builds and migrates whatever is missing.
await runOnce(SUBJECTS[2] as Subject, 15 * 60_000);
const rows = [];
for (const subject of SUBJECTS) {
  const times = [];
  // One start more, for what it leaves to the next: a compile cache.
  await runOnce(subject);
  for (let run = 0; run < RUNS; run++) times.push(await runOnce(subject));
  rows.push([subject.name, ms(percentileOf(times, 0.5)), times.map(ms).join(", ")]);
}
process.stdout.write(`${textTable([["what", "median ms", "every run"], ...rows])}\n`);
await removeDirectory(dataDirectory);
