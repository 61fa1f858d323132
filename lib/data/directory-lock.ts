import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { AppError } from "../contract/error.ts";
import { driverCode, toStorageError } from "./storage-error.ts";

const Holder = z.object({ pid: z.number().int().positive(), startedAt: z.iso.datetime() });
type Holder = z.infer<typeof Holder>;

export interface DirectoryLock {
  /** Gives the directory free. Safe to call twice. */
  release(): void;
}

/** What is locked stays referenced: the driver closes a database that is garbage, and the lock would end with it. */
const held = new Set<Database.Database>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    return driverCode(error) === "EPERM";
  }
}

/** Who wrote the note; null when nobody did, or when it was left behind by a process that is gone. */
function readHolder(noteFile: string): Holder | null {
  try {
    const holder = Holder.parse(JSON.parse(readFileSync(noteFile, "utf8")));
    return isAlive(holder.pid) ? holder : null;
  } catch {
    return null;
  }
}

function refuse(directory: string, holder: Holder | null): AppError {
  const who = holder
    ? `process ${holder.pid}, started ${holder.startedAt}`
    : "a process that has only just started";
  return new AppError("storage_unavailable", `Another Loom Console is using ${directory}: ${who}.`, {
    hint: "Stop it first, or give this one its own directory with LOOM_DATA_DIR.",
    ...(holder ? { details: { ...holder } } : {}),
  });
}

/**
 * Claims the data directory for this process, making it when needed. A second claim fails at once with `storage_unavailable`
 * naming the holder.
 *
 * The lock is an exclusive SQLite transaction on a file of its own, held until `release()`: the kernel owns it, so it is free
 * of races, it ends with the process even after `kill -9`, and no pid is ever mistaken for an identity. Where the file system
 * cannot lock, the database beside it would not be safe either. The note `console.json` only serves the error message.
 */
export function lockDataDirectory(directory: string): DirectoryLock {
  const noteFile = join(directory, "console.json");
  let lock: Database.Database | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    lock = new Database(join(directory, "console.lock"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    const startedAt = new Date(performance.timeOrigin).toISOString();
    writeFileSync(noteFile, JSON.stringify({ pid: process.pid, startedAt }), { mode: 0o600 });
  } catch (error) {
    lock?.close();
    if (driverCode(error).startsWith("SQLITE_BUSY")) throw refuse(directory, readHolder(noteFile));
    throw toStorageError(error);
  }
  const database = lock;
  held.add(database);
  return {
    release() {
      if (!held.delete(database)) return;
      rmSync(noteFile, { force: true });
      database.close();
    },
  };
}
