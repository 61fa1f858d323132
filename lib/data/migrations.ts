import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import { findNewestGoodCopy, makeCopy } from "./backups.ts";
import { driverCode, toStorageError } from "./storage-error.ts";

interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file in hex, as Prisma computes it. */
  checksum: string;
}

interface AppliedMigration {
  migration_name: string;
  checksum: string;
  finished_at: number | string | null;
}

/** Prisma's own bookkeeping, column for column, so that `prisma migrate status` agrees with us. */
const BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL,
    "checksum" TEXT NOT NULL,
    "finished_at" DATETIME,
    "migration_name" TEXT NOT NULL,
    "logs" TEXT,
    "rolled_back_at" DATETIME,
    "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
  )`;

function refuse(message: string, hint: string, cause?: unknown): AppError {
  return new AppError("storage_unavailable", message, { hint, cause });
}

/** Folders `NNNN_name` with a `migration.sql`, in order. */
export function readMigrations(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

function readApplied(database: Database.Database): AppliedMigration[] {
  const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'").get();
  if (known === undefined) return [];
  return database
    .prepare<[], AppliedMigration>(
      `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
       WHERE rolled_back_at IS NULL ORDER BY migration_name`,
    )
    .all();
}

/** Compares what was applied with what this version knows; returns what is still to do. Throws when they disagree. */
function findPending(applied: AppliedMigration[], known: Migration[], restore: () => string): Migration[] {
  for (const [index, row] of applied.entries()) {
    const migration = known[index];
    if (!known.some(({ name }) => name === row.migration_name)) {
      throw refuse(
        `This database was written by a newer Loom Console: it has the migration ${row.migration_name}, which this version does not know.`,
        `Start the newer version again. To go back instead, ${restore()}.`,
      );
    }
    if (row.finished_at === null) {
      throw refuse(
        `The migration ${row.migration_name} was begun by another tool and never finished.`,
        `Finish or resolve it with that tool (prisma migrate resolve), or ${restore()}.`,
      );
    }
    if (migration?.name !== row.migration_name) {
      throw refuse(
        `The migration ${migration?.name} is missing in this database, although the later ${row.migration_name} was applied.`,
        `Migrations are only ever added at the end. Use an unchanged release, or ${restore()}.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw refuse(
        `The migration ${row.migration_name} was edited after this database had applied it.`,
        `Put the original prisma/migrations/${row.migration_name}/migration.sql back, or ${restore()}.`,
      );
    }
  }
  return known.slice(applied.length);
}

/** One transaction: the script, the check that no row lost what it refers to, and the record that it was done. */
function apply(database: Database.Database, migration: Migration, clock: Clock): void {
  const startedAt = clock.now();
  database.transaction(() => {
    database.exec(migration.sql);
    const orphans = database.pragma("foreign_key_check") as Array<{ table: string }>;
    if (orphans[0]) throw new Error(`rows of ${orphans[0].table} refer to rows that are gone`);
    database
      .prepare(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
         VALUES (?, ?, ?, ?, ?, 1)`,
      )
      .run(randomUUID(), migration.checksum, migration.name, startedAt, clock.now());
  })();
}

function applyAll(
  database: Database.Database,
  pending: Migration[],
  copy: string | null,
  clock: Clock,
): void {
  // Rebuilding a table drops the old one; with foreign keys on, that would delete every row that refers to it.
  database.pragma("foreign_keys = OFF");
  database.exec(BOOKKEEPING);
  for (const migration of pending) {
    try {
      apply(database, migration, clock);
    } catch (error) {
      if (/^SQLITE_(FULL|IOERR|READONLY|BUSY)/.test(driverCode(error))) throw error;
      const what = error instanceof Error ? error.message : String(error);
      throw refuse(
        `The migration ${migration.name} failed and was undone: ${what}.`,
        copy === null
          ? "Nothing was changed. Please report this with the message above."
          : `Nothing of it was kept. The database as it was before is at ${copy}. Please report this with the message above.`,
        error,
      );
    }
  }
}

function describeRestore(file: string, backups: string): string {
  const copy = findNewestGoodCopy(backups);
  return copy === null
    ? "restore your own backup (the console has made no copy yet)"
    : `stop the console and put the copy ${copy} in the place of ${file}`;
}

/**
 * Throws when an empty database stands where another one was: a disk that was full, or a copy that went wrong, leaves one behind, and
 * a console that began anew on it would look as if everything had been deleted.
 */
function requireNew(
  existed: boolean,
  { file, backupsDirectory }: { file: string; backupsDirectory: string },
): void {
  const copy = findNewestGoodCopy(backupsDirectory);
  const hasKey = existed && existsSync(join(dirname(file), "secret.key"));
  if (copy === null && !hasKey) return;
  throw refuse(
    existed
      ? `The database file ${file} is empty, although this console has been used before.`
      : `The database file ${file} is gone, although this console has been used before.`,
    `To go on, ${describeRestore(file, backupsDirectory)}. To begin anew instead, move ${dirname(file)} away.`,
  );
}

/**
 * Brings the database at `file` to what `migrationsDirectory` describes, making the file when it is not there.
 * Before anything is changed in an existing file a copy goes to `backupsDirectory`. Returns the names applied, and that copy.
 * Throws `storage_unavailable` with the way out when the database is newer, damaged, empty in place of another one, or disagrees with the
 * migrations.
 */
export function migrate(options: {
  file: string;
  migrationsDirectory: string;
  backupsDirectory: string;
  clock: Clock;
}): { applied: string[]; copy: string | null } {
  const { file, backupsDirectory, clock } = options;
  let database: Database.Database | undefined;
  const existed = existsSync(file);
  try {
    database = new Database(file);
    const isEmpty = database.prepare("SELECT 1 FROM sqlite_master").get() === undefined;
    if (isEmpty) requireNew(existed, options);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    const pending = findPending(readApplied(database), readMigrations(options.migrationsDirectory), () =>
      describeRestore(file, backupsDirectory),
    );
    const first = pending[0];
    if (first === undefined) return { applied: [], copy: null };
    const copy = isEmpty ? null : makeCopy(database, backupsDirectory, new Date(clock.now()), first.name);
    applyAll(database, pending, copy, clock);
    return { applied: pending.map(({ name }) => name), copy };
  } catch (error) {
    // Left as it was: an empty file of our own making would say something else at the next start.
    if (!existed) rmSync(file, { force: true });
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(driverCode(error))) throw toStorageError(error);
    throw refuse(
      `The database file ${file} is damaged: SQLite cannot read it.`,
      `To go on, ${describeRestore(file, backupsDirectory)}.`,
      error,
    );
  } finally {
    database?.close();
  }
}
