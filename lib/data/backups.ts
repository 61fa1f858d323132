import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** Copies made before the layout is changed, and those made once a day: so many of each are kept. */
const KEPT_BEFORE = 5;
const KEPT_DAILY = 7;

const BEFORE = /^loom-.*-before-.*\.db$/;
const DAILY = /^loom-.*-daily\.db$/;
const ANY = /^loom-.*\.db$/;

const DAY_MS = 86_400_000;

/** Copies in `directory`, newest first: the name starts with the instant of the copy. */
function list(directory: string, pattern: RegExp): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => pattern.test(name))
    .sort()
    .reverse()
    .map((name) => join(directory, name));
}

function isGood(file: string): boolean {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    return database.pragma("quick_check(1)", { simple: true }) === "ok";
  } catch {
    return false;
  } finally {
    database?.close();
  }
}

/**
 * Copies the open database into `directory` and keeps the newest five such copies there. `label` says what it was made before.
 * The copy is complete or absent: it gets its name only when it is on the disk. Returns its path.
 */
export function makeCopy(database: Database.Database, directory: string, at: Date, label: string): string {
  const partial = preparePartial(directory, "copy.partial");
  database.prepare("VACUUM INTO ?").run(partial);
  return keep(partial, { directory, at, label: `before-${label}`, pattern: BEFORE, kept: KEPT_BEFORE });
}

/**
 * Copies the database at `file`, which others may be writing to, unless the newest copy is younger than a day; keeps the newest seven.
 * In small steps, between which everybody else gets a turn. Returns its path, or null when there was no need.
 */
export async function makeDailyCopy(file: string, directory: string, at: Date): Promise<string | null> {
  const [newest] = list(directory, DAILY);
  if (newest !== undefined && newest > toPath(directory, new Date(at.getTime() - DAY_MS), "daily"))
    return null;
  const partial = preparePartial(directory, "daily.partial");
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // One state of the database from beginning to end: without it, every write of somebody else begins the copy anew.
    database.exec("BEGIN");
    database.prepare("SELECT 1 FROM sqlite_master").get();
    await database.backup(partial, { progress: () => PAGES_PER_STEP });
  } finally {
    database.close();
  }
  // A copy that is looked at must leave no files of a write-ahead log beside it.
  const copy = new Database(partial);
  copy.pragma("journal_mode = DELETE");
  copy.close();
  return keep(partial, { directory, at, label: "daily", pattern: DAILY, kept: KEPT_DAILY });
}

/** 4 MB of pages as SQLite makes them. */
const PAGES_PER_STEP = 1_000;

function toPath(directory: string, at: Date, label: string): string {
  return join(directory, `loom-${at.toISOString().replaceAll(":", "-")}-${label}.db`);
}

/** Always the same name for each kind: a copy that was interrupted is overwritten by the next one. */
function preparePartial(directory: string, name: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const partial = join(directory, name);
  rmSync(partial, { force: true });
  return partial;
}

function keep(
  partial: string,
  copy: { directory: string; at: Date; label: string; pattern: RegExp; kept: number },
): string {
  const { directory, at, label, pattern, kept } = copy;
  const handle = openSync(partial, "r+");
  fsyncSync(handle);
  closeSync(handle);
  chmodSync(partial, 0o600);
  const file = toPath(directory, at, label);
  renameSync(partial, file);
  for (const old of list(directory, pattern).slice(kept)) rmSync(old, { force: true });
  return file;
}

/** Path of the newest copy that passes SQLite's own check, or null. */
export function findNewestGoodCopy(directory: string): string | null {
  return list(directory, ANY).find(isGood) ?? null;
}
