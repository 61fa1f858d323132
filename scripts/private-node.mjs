// The first import of every script. On a Node older than package.json asks for, the script runs again on a Node of the
// project's own, put into .node/ from npm; nothing after this import is evaluated then. Runs on any Node since 18, needs no package.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFolder = join(root, "scripts/private-node");
const home = join(root, ".node");

const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const floor = engines.node.replace(">=", "");
const isPrivate = process.execPath.startsWith(`${realpath(home)}${sep}`);

if (!isPrivate && isOlder(process.versions.node, floor)) {
  try {
    process.exitCode = await runAgain(await ensurePrivateNode());
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
  process.exit();
}

// Whatever is started by name (npm, the tools' own `#!/usr/bin/env node`) runs on this Node too.
const ownFolder = dirname(process.execPath);
if (process.env.PATH?.split(delimiter)[0] !== ownFolder) {
  process.env.PATH = [ownFolder, process.env.PATH].filter(Boolean).join(delimiter);
}

/** Which Node runs the project, for people: `Node 24.22.3 (.node/)`. */
export const nodeInUse = `Node ${process.versions.node} (${isPrivate ? ".node/" : process.execPath})`;

/** Whether dotted version `a` comes before `b`; parts that `b` lacks count as 0. */
function isOlder(a, b) {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  const index = left.findIndex((part, at) => part !== (right[at] ?? 0));
  return index >= 0 && left[index] < (right[index] ?? 0);
}

/** Answers the path of the private Node's binary, installed first when it is not there. Throws with a sentence for people. */
async function ensurePrivateNode() {
  const tooOld = `Node ${process.versions.node} is too old for Loom Console: it needs ${floor} or newer.`;
  const install = `Install Node ${floor} or newer (24 is recommended) and run this again.`;
  if (process.env.LOOM_NODE === "system") {
    throw new Error(
      `${tooOld}\nLOOM_NODE=system forbids fetching one. ${install} Without LOOM_NODE, a Node from npm is put into .node/.`,
    );
  }

  const lock = readFileSync(join(lockFolder, "package-lock.json"), "utf8");
  const [location, entry] =
    Object.entries(JSON.parse(lock).packages).find(
      ([, { os, cpu }]) => os === process.platform && cpu === process.arch,
    ) ?? [];
  if (!entry) throw new Error(`${tooOld}\nnpm has none for ${process.platform} ${process.arch}. ${install}`);

  // One folder per lockfile: a new pin never meets the files of an old one.
  const folder = join(home, createHash("sha256").update(lock).digest("hex").slice(0, 12));
  const binary = join(folder, location, entry.bin.node);
  const isThere = existsSync(binary);
  process.stderr.write(
    `  Node ${process.versions.node} is too old: ${isThere ? "using" : "fetching from npm and using"} Node ${entry.version} in .node/\n`,
  );
  if (isThere) return binary;

  const unfinished = join(home, `unfinished-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    copyFileSync(join(lockFolder, name), join(unfinished, name));
  }
  // npm checks the integrity that the lockfile names, and takes the one package made for this machine.
  const problem = await npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], unfinished);
  if (!existsSync(join(unfinished, location, entry.bin.node))) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(
      `${tooOld}\nFetching Node ${entry.version} from npm failed${problem ? `:\n${problem}` : "."}\nIs this machine offline? ${install}`,
    );
  }
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another script was quicker; its files are the same.
    rmSync(unfinished, { recursive: true, force: true });
  }
  const { code, problem: refusal } = await collect(binary, ["--version"], root);
  if (code === 0) return binary;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`${tooOld}\nThe one from npm does not run on this machine: ${refusal}\n${install}`);
}

/** Runs npm in a folder; answers what it complained of. */
async function npm(args, cwd) {
  const script = process.env.npm_execpath;
  const { code, problem } = script
    ? await collect(process.execPath, [script, ...args], cwd)
    : await collect("npm", args, cwd);
  return code === 0 ? "" : problem;
}

function collect(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let problem = "";
  child.stderr.on("data", (bytes) => (problem = `${problem}${bytes}`.slice(-2_000)));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, problem: error.message }));
    child.on("close", (code) => resolve({ code, problem: problem.trim() }));
  });
}

/** Runs this very command with another Node; answers its exit status. Signals reach it, and it may take its time to end. */
async function runAgain(binary) {
  const child = spawn(binary, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, PATH: [dirname(binary), process.env.PATH].filter(Boolean).join(delimiter) },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...outcome) => resolve(outcome));
  });
  return code ?? 128 + constants.signals[signal];
}

function realpath(path) {
  return existsSync(path) ? realpathSync(path) : path;
}
