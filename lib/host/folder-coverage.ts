import { createHash } from "node:crypto";
import type { BigIntStats, Dirent } from "node:fs";
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { AppError } from "../contract/error.ts";
import type { FolderCoverage } from "../contract/process.ts";
import { isRuntimeData } from "../core/command.ts";
import type { Inventory } from "../core/inventory.ts";
import type { FileDigests } from "./file-digest.ts";
import { isInside } from "./manifest-file.ts";

/** Entries of a folder, directories included: a plugin with its `node_modules` has some thousands. */
const MAX_ENTRIES = 20_000;
const MAX_MEGABYTES = 512;
/** Looked at or read at the same time. */
const AT_ONCE = 32;
const DATA_NAMED = 20;
/** Of a file's digest in the inventory, hex digits: it names what differs; the digest over all decides. */
const NAMING_DIGITS = 16;

/** Everything in a folder that an approval covers. */
export interface Covered extends FolderCoverage {
  /** SHA-256, hex, over paths and contents. */
  digest: string;
  inventory: Inventory;
}

export interface CoverageOptions {
  /** Real path of the folder. */
  folder: string;
  /** Its manifest, whose command, arguments and environment an approval covers by themselves. */
  manifest: string;
  /** Words of the command: a file that one of them mentions is never data. */
  words: readonly string[];
  digests: FileDigests;
}

interface Seen {
  path: string;
  stats: BigIntStats;
}

interface Walk {
  files: Seen[];
  /** Path → where the link leads, as written. */
  links: Map<string, string>;
  /** Real paths that links lead to. */
  targets: Set<string>;
  entries: number;
}

/**
 * Reads a folder whole. Nothing in it is left out but data: the manifest, and logs, databases and the like that may not be executed and
 * that neither an argument nor a link leads to. Throws `process_folder_uncovered` for what cannot be covered: a link out of the folder,
 * a pipe or device, what may not be read, too many files or bytes.
 */
export async function coverFolder(options: CoverageOptions): Promise<Covered> {
  const { folder, digests } = options;
  const walk: Walk = { files: [], links: new Map(), targets: new Set(), entries: 0 };
  await walkInto(folder, folder, walk);
  const isData = ({ path, stats }: Seen) =>
    (path === options.manifest || isRuntimeData(path)) &&
    (stats.mode & 0o111n) === 0n &&
    !walk.targets.has(path) &&
    !options.words.some((word) => word.includes(basename(path)));
  const data = walk.files.filter(isData);
  const program = walk.files.filter((seen) => !isData(seen));
  const bytes = program.reduce((sum, { stats }) => sum + Number(stats.size), 0);
  if (bytes > MAX_MEGABYTES * 1_048_576) throw tooLarge(folder, `${MAX_MEGABYTES} MB`);
  const found = await inTurns(program, async ({ path, stats }): Promise<Array<[string, string]>> => {
    const digest = await digests.of(path, stats).catch(unlessGone(path));
    return digest === null ? [] : [[relative(folder, path), digest]];
  });
  const linked = [...walk.links].map(([path, to]): [string, string] => [relative(folder, path), `-> ${to}`]);
  const contents = [...found.flat(), ...linked].sort(([a], [b]) => (a < b ? -1 : 1));
  const names = data.map(({ path }) => relative(folder, path)).sort();
  return {
    digest: digestOf(contents),
    inventory: new Map(contents.map(([path, content]) => [path, toName(content)])),
    ...{ files: contents.length, bytes },
    ...{ data: names.slice(0, DATA_NAMED), dataCount: names.length },
  };
}

function digestOf(contents: Array<[path: string, content: string]>): string {
  const hash = createHash("sha256");
  for (const [path, content] of contents) hash.update(`${path}\0${content}\0`);
  return hash.digest("hex");
}

function toName(content: string): string {
  return content.startsWith("-> ") ? content : content.slice(0, NAMING_DIGITS);
}

async function walkInto(directory: string, folder: string, walk: Walk): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(unlessGone(directory));
  walk.entries += entries?.length ?? 0;
  if (walk.entries > MAX_ENTRIES) throw tooLarge(folder, `${MAX_ENTRIES.toLocaleString("en")} files`);
  await inTurns(entries ?? [], (entry) => take(join(directory, entry.name), entry, folder, walk));
  for (const entry of entries ?? []) {
    if (entry.isDirectory()) await walkInto(join(directory, entry.name), folder, walk);
  }
}

async function take(path: string, entry: Dirent, folder: string, walk: Walk): Promise<void> {
  if (entry.isDirectory()) return;
  if (entry.isSymbolicLink()) return takeLink(path, folder, walk);
  const stats = await lstat(path, { bigint: true }).catch(unlessGone(path));
  // A socket cannot be read; what is behind it is somebody's answer and not a file.
  if (stats === null || stats.isSocket()) return;
  if (!stats.isFile()) throw uncovered(`${path} is a pipe, a device or has just changed`, "Remove it.");
  walk.files.push({ path, stats });
}

/** Where a link leads may be anything tomorrow unless it stays in the folder, where it is covered itself. */
async function takeLink(path: string, folder: string, walk: Walk): Promise<void> {
  const to = await readlink(path).catch(unlessGone(path));
  if (to === null) return;
  const target = await realpath(path).catch(() => resolve(dirname(path), to));
  if (!isInside(folder, target)) {
    throw uncovered(
      `${path} is a link to ${target}, outside the folder of the manifest`,
      "Copy what it leads to into the folder (python3 -m venv --copies, npm install --install-links).",
    );
  }
  walk.links.set(path, to);
  walk.targets.add(target);
}

/** A file may go while we look: then it is not there. What stays and cannot be read cannot be covered. */
function unlessGone(path: string): (error: unknown) => null {
  return (error) => {
    const code = error instanceof Error && "code" in error ? error.code : "";
    // A name that is no UTF-8 is found again by nobody.
    if (code === "ENOENT" && !path.includes("\uFFFD")) return null;
    throw uncovered(`${path} cannot be read`, "Let the console's user read it, or remove it.");
  };
}

function tooLarge(folder: string, most: string): AppError {
  return uncovered(
    `More than ${most} lie in ${folder}`,
    "Give the plugin a folder of its own, and keep models, data and caches elsewhere: its env may name them.",
  );
}

/** An approval cannot answer for this. */
export function uncovered(what: string, hint: string): AppError {
  return new AppError("process_folder_uncovered", `${what}: an approval cannot cover that.`, { hint });
}

/** Some at once, all in the end, results in order. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return results;
}
