import { createHash } from "node:crypto";
import type { BigIntStats, Dirent } from "node:fs";
import { lstat, opendir, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { AppError } from "../../contract/error.ts";
import type { FolderCoverage } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import { isRuntimeData } from "../../core/command.ts";
import type { Inventory } from "../../core/inventory.ts";
import type { FileDigests } from "./file-digest.ts";
import { isInside } from "../folder/manifest-file.ts";

/** Entries of a folder, directories included: a plugin with its `node_modules` has some thousands. */
const MAX_ENTRIES = 20_000;
const MAX_MEGABYTES = 512;
/** Of all names together, relative to the folder: they are stored with an approval, and compared at once. */
const MAX_CHARACTERS = 2_000_000;
/** Entries of a directory between two turns of the event loop. */
const LISTED_AT_ONCE = 256;
/** Looked at at the same time. */
const AT_ONCE = 32;
/** Files between two turns of the event loop: about a millisecond of work. A multiple of those at once. */
const STEP = 96;
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
  /** Read what is known, too. */
  again?: boolean | undefined;
  clock: Clock;
  /** Nobody waits for the look any more once it aborts. */
  signal?: AbortSignal | undefined;
}

/** A file, or a link with where it leads as written. */
interface Seen {
  path: string;
  stats: BigIntStats | null;
  to: string | null;
}

interface Walk {
  seen: Seen[];
  /** Real paths that links lead to. */
  targets: Set<string>;
  entries: number;
  /** Of all their names, relative to the folder. */
  characters: number;
}

/**
 * Reads a folder whole. Nothing in it is left out but data: the manifest, and logs, databases and the like that may not be executed and
 * that neither an argument nor a link leads to. Throws `process_folder_uncovered` for what cannot be covered: a link out of the folder,
 * a pipe or device, what may not be read, too many files or bytes.
 */
export async function coverFolder(options: CoverageOptions): Promise<Covered> {
  const { folder, clock, signal } = options;
  const walk: Walk = { seen: [], targets: new Set(), entries: 0, characters: 0 };
  await walkInto(folder, options, walk);
  const data = walk.seen.filter((seen) => isData(seen, walk, options));
  const left = new Set(data);
  const covered = walk.seen.filter((seen) => !left.has(seen));
  const bytes = covered.reduce((sum, { stats }) => sum + Number(stats?.size ?? 0), 0);
  if (bytes > MAX_MEGABYTES * 1_048_576) throw tooLarge(folder, `${MAX_MEGABYTES} MB`);
  const hash = createHash("sha256");
  const inventory = new Map<string, string>();
  for (let at = 0; at < covered.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    // What is known already costs no waiting, so nothing else would get its turn.
    if (at % STEP === STEP - AT_ONCE) await clock.sleep(0);
    const some = covered.slice(at, at + AT_ONCE);
    const contents = await Promise.all(some.map((seen) => read(seen, options)));
    for (const [index, { path, to }] of some.entries()) {
      const [name, content] = [relative(folder, path), contents[index] ?? null];
      if (content === null) continue;
      hash.update(`${name}\0${content}\0`);
      inventory.set(name, to === null ? content.slice(0, NAMING_DIGITS) : content);
    }
  }
  const counts = { files: inventory.size, bytes, dataCount: data.length };
  const named = data.slice(0, DATA_NAMED).map(({ path }) => relative(folder, path));
  return { digest: hash.digest("hex"), inventory, ...counts, data: named };
}

function isData({ path, stats }: Seen, { targets }: Walk, { manifest, words }: CoverageOptions): boolean {
  if (stats === null || (path !== manifest && !isRuntimeData(path))) return false;
  const name = basename(path);
  return (stats.mode & 0o111n) === 0n && !targets.has(path) && !words.some((word) => word.includes(name));
}

async function read({ path, stats, to }: Seen, { digests, again }: CoverageOptions): Promise<string | null> {
  if (stats === null) return `-> ${to}`;
  return digests.of(path, { stats, again }).catch(unlessGone(path));
}

/** In an order of its own that only names decide: first what lies in a directory, then what lies deeper. */
async function walkInto(directory: string, options: CoverageOptions, walk: Walk): Promise<void> {
  const { folder, signal } = options;
  const found = await list(directory, options, walk);
  const entries = found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => !entry.isDirectory());
  for (let at = 0; at < files.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    const some = files.slice(at, at + AT_ONCE);
    const seen = await Promise.all(
      some.map((entry) => look(join(directory, entry.name), entry, folder, walk)),
    );
    walk.seen.push(...seen.filter((one) => one !== null));
  }
  for (const entry of entries) {
    if (entry.isDirectory()) await walkInto(join(directory, entry.name), options, walk);
  }
}

/** Stops at what is too much: a folder may hold millions. */
async function list(directory: string, options: CoverageOptions, walk: Walk): Promise<Dirent[]> {
  const { folder, signal } = options;
  const found: Dirent[] = [];
  const opened = await opendir(directory, { bufferSize: LISTED_AT_ONCE }).catch(unlessGone(directory));
  for await (const entry of opened ?? []) {
    signal?.throwIfAborted();
    const path = join(directory, entry.name);
    requireText(entry.name, path);
    walk.entries += 1;
    walk.characters += path.length - folder.length;
    if (walk.entries > MAX_ENTRIES) throw tooLarge(folder, `${MAX_ENTRIES.toLocaleString("en")} files`);
    if (walk.characters > MAX_CHARACTERS)
      throw tooLarge(folder, `${MAX_CHARACTERS / 1e6} million letters of names`);
    found.push(entry);
  }
  return found;
}

async function look(path: string, entry: Dirent, folder: string, walk: Walk): Promise<Seen | null> {
  if (entry.isSymbolicLink()) return lookAtLink(path, folder, walk);
  const stats = await lstat(path, { bigint: true }).catch(unlessGone(path));
  // A socket cannot be read; what is behind it is somebody's answer and not a file.
  if (stats === null || stats.isSocket()) return null;
  if (!stats.isFile()) throw uncovered(`${path} is a pipe, a device or has just changed`, "Remove it.");
  return { path, stats, to: null };
}

/** Where a link leads may be anything tomorrow unless it stays in the folder, where it is covered itself. */
async function lookAtLink(path: string, folder: string, walk: Walk): Promise<Seen | null> {
  const to = await readlink(path).catch(unlessGone(path));
  if (to === null) return null;
  requireText(to, path);
  const target = await realpath(path).catch(() => resolve(dirname(path), to));
  if (!isInside(folder, target)) {
    throw uncovered(
      `${path} is a link to ${target}, outside the folder of the manifest`,
      "Copy what it leads to into the folder (python3 -m venv --copies, npm install --install-links).",
    );
  }
  walk.targets.add(target);
  return { path, stats: null, to };
}

/** A name that is no UTF-8 is read as one that may be another's: what lies under it would be nobody's. */
function requireText(name: string, path: string): void {
  if (!name.includes("\uFFFD")) return;
  throw uncovered(`${path} has or leads to a name that is not valid UTF-8`, "Rename it, or remove it.");
}

/** A file may go while we look: then it is not there. What stays and cannot be read cannot be covered. */
function unlessGone(path: string): (error: unknown) => null {
  return (error) => {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return null;
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
