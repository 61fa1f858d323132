// What has to be true before the console can start, each step done only when its inputs changed. Needs nothing but Node.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findBasePathProblem, nameFor } from "../lib/core/base-path.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const INSTALL_INPUTS = ["package-lock.json", ".npmrc"];
const SCHEMA_INPUTS = ["prisma/schema.prisma", "package-lock.json", "scripts/db-generate.mjs"];
const BUILD_INPUTS = [
  "app",
  "components",
  "lib",
  "public",
  "server.ts",
  "pages.ts",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "prisma",
  "scripts/build.mjs",
  "scripts/secrets.ts",
  "tsconfig.json",
  "tsconfig.next.json",
  "package-lock.json",
];

/**
 * Whether the console can start with nothing installed, built or written: production dependencies are there, and the build is of these
 * very sources or came without any, as in an image.
 */
export function isReadyToRun() {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (!Object.keys(dependencies).every((name) => existsSync(join(root, "node_modules", name)))) return false;
  if (!existsSync(join(root, "server.ts"))) return existsSync(join(root, "dist/server.js"));
  const basePath = readBasePath();
  return isUpToDate(buildStamp(basePath), fingerprint(BUILD_INPUTS, basePath));
}

/** Installs the locked dependencies. None of them needs a script or a compiler. */
export async function ensureInstalled() {
  await once(
    "node_modules/.loom-installed",
    INSTALL_INPUTS,
    `${process.platform} ${process.arch}`,
    async () => {
      say("Installing dependencies (first start: about a minute)");
      // Not `npm ci`: it refuses a lock without the optional packages of other platforms, which a mirror need not carry.
      await run("npm", [
        "install",
        "--no-save",
        "--include=dev",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
      ]);
    },
  );
}

/** Generates the database client. */
export async function ensureGenerated() {
  await once("node_modules/.loom-generated", SCHEMA_INPUTS, "", async () => {
    await run(process.execPath, ["scripts/db-generate.mjs"]);
  });
}

/** Builds server and pages; the pages of one base path lie beside those of another. */
export async function ensureBuilt(basePath = readBasePath()) {
  await once(buildStamp(basePath), BUILD_INPUTS, basePath, async () => {
    say(`Building${basePath && ` for ${basePath}`} (about a minute)`);
    await run(process.execPath, ["scripts/build.mjs"], {
      env: { ...process.env, LOOM_BASE_PATH: basePath },
    });
  });
}

/** For whoever builds: call it before, and what it gives after. `ensureBuilt` then finds nothing to do. */
export function noteBuild() {
  const basePath = readBasePath();
  const wanted = fingerprint(BUILD_INPUTS, basePath);
  return () => leaveStamp(buildStamp(basePath), wanted);
}

/** LOOM_BASE_PATH. Throws when nothing can be served there. */
export function readBasePath() {
  const basePath = process.env.LOOM_BASE_PATH ?? "";
  const problem = findBasePathProblem(basePath);
  if (problem === null) return basePath;
  throw new Error(`LOOM_BASE_PATH cannot be used: ${problem}. See .env.example.`);
}

function buildStamp(basePath) {
  return nameFor("dist/.loom-built", basePath);
}

/** Runs a command in the project, its output shown only when it fails or `LOOM_VERBOSE` is set. Throws on failure. */
export async function run(command, args, { env = process.env, cwd = root, show = false } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (show ? process.stdout.write(chunk) : chunks.push(chunk)));
  }
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...outcome) => resolve(outcome));
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(chunks));
  throw new Error(`${command} ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}`);
}

/** The path of a program that a dependency brings. */
export function pathOfTool(name) {
  return join(root, "node_modules/.bin", name);
}

/** True when a program is on the PATH. */
export function hasCommand(name) {
  return spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status === 0;
}

/**
 * Lets tests keep what they throw away in memory, databases above all, where the system has a place for that with room to spare and whose
 * programs may run. `TMPDIR` wins.
 */
export function useMemoryForTemporaryFiles() {
  const memory = "/dev/shm";
  if (process.env.TMPDIR !== undefined || !existsSync(memory)) return;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < 4 * 2 ** 30) return;
  const probe = join(memory, `loom-${process.pid}`);
  writeFileSync(probe, "#!/bin/sh\n", { mode: 0o700 });
  const { status } = spawnSync(probe);
  rmSync(probe);
  if (status === 0) process.env.TMPDIR = memory;
}

export function say(text) {
  process.stdout.write(`  ${text} …\n`);
}

async function once(stamp, inputs, extra, work) {
  const wanted = fingerprint(inputs, extra);
  if (isUpToDate(stamp, wanted)) return;
  await work();
  leaveStamp(stamp, wanted);
}

function isUpToDate(stamp, wanted) {
  const path = join(root, stamp);
  return existsSync(path) && readFileSync(path, "utf8") === wanted;
}

function leaveStamp(stamp, text) {
  const path = join(root, stamp);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function fingerprint(inputs, extra) {
  const hash = createHash("sha256").update(extra);
  for (const input of inputs)
    for (const file of filesOf(join(root, input)))
      hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest("hex");
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .filter((name) => name !== "generated" && !/\.test\.tsx?$/.test(name))
    .flatMap((name) => filesOf(join(path, name)));
}
