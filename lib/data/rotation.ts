import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import { createSecretBox, generateKeyText, keyIdOf, SecretBoxError, type SecretKeys } from "./secret-box.ts";
import { CANARY, CANARY_PLACE, keyFile, parseKeys, readKeyTexts, type KeySource } from "./secret-key.ts";
import { placeOf } from "./secrets.ts";
import { driverCode, toStorageError } from "./storage-error.ts";

/** Rows wrapped in one transaction: some milliseconds, far below what a running console waits for a lock (250 ms). */
const BATCH = 200;
/** How long we wait for a running console, ms. */
const BUSY_MS = 10_000;

/** What is sealed with which key. */
export interface KeyReport {
  /** Keys at hand, the writing one first. */
  keys: string[];
  /** Where they come from, for people. */
  source: string;
  /** Secrets by the key that sealed them. */
  secrets: Record<string, number>;
  /** Secrets whose key is not at hand. */
  unreadable: number;
  /** True when everything is under the writing key. */
  isComplete: boolean;
}

interface Row {
  rowid: number;
  pluginId: string;
  field: string;
  sealed: string;
}

/** Opens the database beside a console that may be running. Throws when it was never started with this version. */
function openDatabase(source: KeySource): Database.Database {
  try {
    const database = new Database(join(source.directory, "loom.db"), {
      fileMustExist: true,
      timeout: BUSY_MS,
    });
    database.pragma("synchronous = FULL");
    database.pragma("secure_delete = ON");
    database.prepare("SELECT sealed, reference FROM Secret LIMIT 1").get();
    return database;
  } catch (error) {
    if (/^SQLITE_(CANTOPEN|ERROR)/.test(driverCode(error))) {
      throw new AppError(
        "storage_unavailable",
        `There is no database of this version in ${source.directory}.`,
        {
          hint: "Set LOOM_DATA_DIR to the console's data directory, and start the console once after an upgrade.",
        },
      );
    }
    throw toStorageError(error);
  }
}

function readKeys(
  database: Database.Database,
  source: KeySource,
): { keys: SecretKeys; salt: string; canary: string } {
  const check = database
    .prepare<[], { salt: string; sealed: string }>("SELECT salt, sealed FROM KeyCheck WHERE id = 1")
    .get();
  const texts = readKeyTexts(source, null);
  if (!check || !texts) {
    throw new AppError("storage_unavailable", "The secret key of this database is missing.", {
      hint: `Set LOOM_SECRET_KEY, or put the key file back at ${keyFile(source)}.`,
    });
  }
  return { keys: parseKeys(source, texts, check.salt), salt: check.salt, canary: check.sealed };
}

function report(database: Database.Database, source: KeySource, keys: SecretKeys, canary: string): KeyReport {
  const rows = database
    .prepare<[], { sealed: string }>("SELECT sealed FROM Secret WHERE sealed IS NOT NULL")
    .all();
  const counts = new Map<string, number>();
  for (const { sealed } of rows) counts.set(keyIdOf(sealed), (counts.get(keyIdOf(sealed)) ?? 0) + 1);
  const ids = keys.map(({ id }) => id);
  const unreadable = [...counts].reduce((sum, [id, count]) => (ids.includes(id) ? sum : sum + count), 0);
  const stale = [...counts.keys()].some((id) => id !== keys[0].id && ids.includes(id));
  return {
    keys: ids,
    source: source.secretKey === undefined ? keyFile(source) : "LOOM_SECRET_KEY",
    secrets: Object.fromEntries(counts),
    unreadable,
    isComplete: !stale && keyIdOf(canary) === keys[0].id,
  };
}

/** Looks, and changes nothing. */
export function inspectKeys(source: KeySource): KeyReport {
  const database = openDatabase(source);
  try {
    const { keys, canary } = readKeys(database, source);
    return report(database, source, keys, canary);
  } finally {
    database.close();
  }
}

export interface RotationOptions {
  source: KeySource;
  clock: Clock;
  /** Whether a console is using the data directory. */
  isConsoleRunning: boolean;
  /** Called with how many secrets are done. */
  onProgress?: (done: number) => void;
}

/**
 * Gives the secrets a new key while the console goes on: puts the key first in the key file (the console reads it again by itself),
 * then wraps every secret anew. Ended at any point, everything stays readable, and the next call goes on with the same new key.
 * The old keys stay in the file and read. A key from the environment is not ours to make: there the secrets are only wrapped
 * under the writing one. Throws `storage_unavailable` with what to do.
 */
export async function rotateSecrets(
  options: RotationOptions,
): Promise<KeyReport & { wrapped: number; writing: string }> {
  const { source, clock } = options;
  const database = openDatabase(source);
  const lock = lockRotation(source);
  try {
    const before = readKeys(database, source);
    const isUnfinished = !report(database, source, before.keys, before.canary).isComplete;
    requireSameKey(options, before.keys, before.canary);
    if (!isUnfinished) addKey(source);
    const { keys } = readKeys(database, source);
    const wrapped = await wrapAll(database, keys, options);
    finish(database, keys, before.canary, wrapped, clock);
    const { canary } = readKeys(database, source);
    return { ...report(database, source, keys, canary), wrapped, writing: keys[0].id };
  } finally {
    lock.close();
    database.close();
  }
}

/** A running console that has its key from the environment would write with, and know, another one than we are given. */
function requireSameKey(
  { source, isConsoleRunning }: RotationOptions,
  keys: SecretKeys,
  canary: string,
): void {
  if (source.secretKey === undefined) return;
  if (keyIdOf(canary) === keys[0].id || !isConsoleRunning) return;
  throw new AppError("storage_unavailable", "The running console does not know the new key yet.", {
    hint: "Restart it with LOOM_SECRET_KEY set to the new key and LOOM_SECRET_KEY_OLD to the old one, then run this again.",
  });
}

function lockRotation(source: KeySource): Database.Database {
  const lock = new Database(join(source.directory, "rotation.lock"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch {
    lock.close();
    throw new AppError("storage_unavailable", "Another rotation of these secrets is under way.", {
      hint: "Wait until it is over, then look with: npm run secrets -- status",
    });
  }
}

/** The whole new file is on the disk before it takes the old one's place: there is never a file without every key. */
function addKey(source: KeySource): void {
  if (source.secretKey !== undefined) {
    throw new AppError("conflict", "Every secret is under the key in LOOM_SECRET_KEY already.", {
      hint: "To change it, restart the console with LOOM_SECRET_KEY set to a new key (openssl rand -hex 32) and LOOM_SECRET_KEY_OLD to the present one, then run this again.",
    });
  }
  const file = keyFile(source);
  const old = readKeyTexts({ ...source, oldSecretKeys: undefined }, null) ?? [];
  replaceFile(file, [generateKeyText(), ...old]);
}

function replaceFile(file: string, lines: string[]): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, "w", 0o600);
  writeSync(handle, `${lines.join("\n")}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, file);
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}

async function wrapAll(
  database: Database.Database,
  keys: SecretKeys,
  { clock, onProgress }: RotationOptions,
): Promise<number> {
  const select = database.prepare<[string, number], Row>(
    `SELECT rowid, pluginId, field, sealed FROM Secret
     WHERE sealed IS NOT NULL AND sealed NOT LIKE ? AND rowid > ? ORDER BY rowid LIMIT ${BATCH}`,
  );
  const update = database.prepare("UPDATE Secret SET sealed = ? WHERE rowid = ? AND sealed = ?");
  const box = createSecretBox(keys);
  const wrap = database.transaction((rows: Row[]) => {
    let changed = 0;
    for (const { rowid, pluginId, field, sealed } of rows) {
      const text = tryOpen(() => box.open(sealed, placeOf(pluginId, field)));
      // What somebody saved meanwhile is newer than what we hold.
      if (text !== null)
        changed += update.run(box.seal(text, placeOf(pluginId, field)), rowid, sealed).changes;
    }
    return changed;
  });
  let done = 0;
  let last = 0;
  for (;;) {
    const rows = select.all(`v1.${keys[0].id}.%`, last);
    const end = rows.at(-1);
    if (!end) return done;
    done += wrap.immediate(rows);
    last = end.rowid;
    onProgress?.(done);
    // A running console gets its turn.
    await clock.sleep(1);
  }
}

/** Null for what cannot be opened: it stays as it is, and the report counts it. */
function tryOpen(open: () => string): string | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof SecretBoxError) return null;
    throw error;
  }
}

function finish(
  database: Database.Database,
  keys: SecretKeys,
  canary: string,
  wrapped: number,
  clock: Clock,
): void {
  const changes = [
    { field: "key", before: keyIdOf(canary), after: keys[0].id },
    { field: "secrets", after: wrapped },
  ];
  database
    .transaction(() => {
      database
        .prepare("UPDATE KeyCheck SET sealed = ? WHERE id = 1")
        .run(createSecretBox(keys).seal(CANARY, CANARY_PLACE));
      database
        .prepare(
          `INSERT INTO AuditEntry (at, actorId, actorName, action, targetId, targetName, changes, requestId)
           VALUES (?, NULL, 'command line', 'secrets.rotated', NULL, NULL, ?, NULL)`,
        )
        .run(new Date(clock.now()).toISOString().replace("Z", "+00:00"), JSON.stringify(changes));
    })
    .immediate();
}

/** Takes keys that no secret needs any more out of the key file; returns their ids. Copies of the database may still need them. */
export function retireKeys(source: KeySource): string[] {
  const database = openDatabase(source);
  const lock = lockRotation(source);
  try {
    const { keys, salt, canary } = readKeys(database, source);
    const { isComplete, unreadable } = report(database, source, keys, canary);
    if (source.secretKey !== undefined || !isComplete || unreadable > 0) {
      throw new AppError("conflict", "The old keys cannot be taken away yet.", {
        hint:
          source.secretKey === undefined
            ? "Some secrets are not under the newest key: run npm run secrets -- rotate first."
            : "Keys from the environment are yours: unset LOOM_SECRET_KEY_OLD and restart the console.",
      });
    }
    const [first = ""] = readKeyTexts({ ...source, oldSecretKeys: undefined }, null) ?? [];
    const kept = parseKeys(source, [first], salt)[0].id;
    replaceFile(keyFile(source), [first]);
    return keys.map(({ id }) => id).filter((id) => id !== kept);
  } finally {
    lock.close();
    database.close();
  }
}
