import {
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

const KEPT = 5;
const NAME = /^loom-.*\.db$/;

/** Copies in `directory`, newest first: the name starts with the instant of the copy. */
function list(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => NAME.test(name))
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
 * Copies the open database into `directory` and keeps the newest five copies there. `label` says what it was made before.
 * The copy is complete or absent: it gets its name only when it is on the disk. Returns its path.
 */
export function makeCopy(database: Database.Database, directory: string, at: Date, label: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const instant = at.toISOString().replaceAll(":", "-");
  const file = join(directory, `loom-${instant}-before-${label}.db`);
  // Always the same name: a copy that was interrupted is overwritten by the next one.
  const partial = join(directory, "copy.partial");
  rmSync(partial, { force: true });
  database.prepare("VACUUM INTO ?").run(partial);
  const handle = openSync(partial, "r+");
  fsyncSync(handle);
  closeSync(handle);
  renameSync(partial, file);
  for (const old of list(directory).slice(KEPT)) rmSync(old, { force: true });
  return file;
}

/** Path of the newest copy that passes SQLite's own check, or null. */
export function findNewestGoodCopy(directory: string): string | null {
  return list(directory).find(isGood) ?? null;
}
