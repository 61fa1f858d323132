import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../log.ts";
import type { Client } from "./client.ts";
import {
  createSecretBox,
  generateKeyText,
  generateSalt,
  keyIdOf,
  parseSecretKey,
  type SecretKeys,
} from "./secret-box.ts";
import { driverCode, toStorageError } from "./storage-error.ts";

/** What the canary says, and where it lies. */
export const CANARY = "the right key opens this";
export const CANARY_PLACE = "KeyCheck:1:sealed";

/** Where the keys of a database are: given as text, or in a file. */
export interface KeySource {
  directory: string;
  secretKey?: string | undefined;
  /** Absolute; by default `secret.key` in the directory. */
  secretKeyFile?: string | undefined;
  /** Keys that only read, one a line. */
  oldSecretKeys?: string | undefined;
}

export function keyFile(source: KeySource): string {
  return source.secretKeyFile ?? join(source.directory, "secret.key");
}

function toLines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** Every key there is, the writing one first; null when there is no key file. */
export function readKeyTexts(source: KeySource, log: Log | null): string[] | null {
  const texts = source.secretKey === undefined ? readKeyFile(source, log) : [source.secretKey];
  return texts && [...texts, ...toLines(source.oldSecretKeys ?? "")];
}

function refuse(message: string, hint: string): AppError {
  return new AppError("storage_unavailable", message, { hint });
}

/** Lines of the key file, the writing key first; null when there is no file. */
function readKeyFile(source: KeySource, log: Log | null): string[] | null {
  const file = keyFile(source);
  try {
    const text = readFileSync(file, "utf8");
    if ((statSync(file).mode & 0o077) !== 0) {
      log?.warn({ file }, "other users of this machine can read the secret key: run chmod 600 on the file");
    }
    return toLines(text);
  } catch (error) {
    if (driverCode(error) === "ENOENT") return null;
    throw toStorageError(error);
  }
}

/** On the disk before anything is sealed with it. Fails when the file exists. */
function createKeyFile(source: KeySource): string[] {
  const text = generateKeyText();
  const handle = openSync(keyFile(source), "wx", 0o600);
  writeSync(handle, `${text}\n`);
  fsyncSync(handle);
  closeSync(handle);
  return [text];
}

export function parseKeys(source: KeySource, texts: string[], salt: string): SecretKeys {
  const [first, ...rest] = texts.map((text) => {
    const key = parseSecretKey(text, salt);
    if (key) return key;
    const name = source.secretKey === undefined ? keyFile(source) : "LOOM_SECRET_KEY";
    throw refuse(
      `${name} holds a key that is too short.`,
      "Use 32 bytes as hex or base64 (openssl rand -hex 32), or a passphrase of at least 32 characters.",
    );
  });
  if (!first) throw refuse(`${keyFile(source)} is empty.`, "Put the key back from your backup.");
  return [first, ...rest];
}

/** A database without a canary is new: it gets one, and a key file when no key was given. */
async function createKeyCheck(
  client: Client,
  source: KeySource,
  clock: Clock,
  log: Log,
): Promise<SecretKeys> {
  const salt = generateSalt();
  const texts = readKeyTexts(source, log);
  if (!texts && source.secretKeyFile !== undefined) {
    throw refuse(
      `There is no key file ${source.secretKeyFile}.`,
      "Make one (openssl rand -hex 32 > file, chmod 600 file), or leave LOOM_SECRET_KEY_FILE unset to have it made.",
    );
  }
  const keys = parseKeys(source, texts ?? createKeyFile(source), salt);
  const sealed = createSecretBox(keys).seal(CANARY, CANARY_PLACE);
  await client.keyCheck.create({ data: { id: 1, salt, sealed, createdAt: new Date(clock.now()) } });
  return keys;
}

/**
 * The keys of this database's secrets, from `LOOM_SECRET_KEY` or else the file `secret.key` in the data directory (one key a
 * line: the first writes, the others only read). The file is made on the first start of an empty database and never again.
 * Throws `storage_unavailable` with the way out when the key is missing or is not the one this database was sealed with.
 */
export async function openSecretKeys(
  client: Client,
  source: KeySource,
  clock: Clock,
  log: Log,
): Promise<SecretKeys> {
  const check = await client.keyCheck.findFirst({ where: { id: 1 } });
  if (!check) return createKeyCheck(client, source, clock, log);
  const texts = readKeyTexts(source, log);
  const wayOut =
    `Set LOOM_SECRET_KEY to the key this database was made with, or put its file back at ${keyFile(source)}. ` +
    `If that key is lost, so are the stored secrets: move loom.db away to begin anew.`;
  if (!texts) throw refuse("The secret key of this database is missing.", wayOut);
  const keys = parseKeys(source, texts, check.salt);
  const box = createSecretBox(keys);
  try {
    box.open(check.sealed, CANARY_PLACE);
  } catch {
    const used = source.secretKey === undefined ? keyFile(source) : "LOOM_SECRET_KEY";
    const message =
      `${used} is not the key of this database: ` +
      `that one has the id ${check.sealed.split(".")[1]}, this one ${keys[0].id}.`;
    throw refuse(message, wayOut);
  }
  // The canary is under the writing key from here on: a rotation can tell from it which key this console writes with.
  if (keyIdOf(check.sealed) !== keys[0].id) {
    await client.keyCheck.updateMany({ where: { id: 1 }, data: { sealed: box.seal(CANARY, CANARY_PLACE) } });
  }
  return keys;
}

/**
 * The keys as they are now. A key file is looked at before every use and read again when it has changed: a rotation adds its key
 * there while the console runs. Trouble with reading it leaves the keys as they were.
 */
export function followKeys(source: KeySource, salt: string, first: SecretKeys, log: Log): () => SecretKeys {
  if (source.secretKey !== undefined) return () => first;
  const file = keyFile(source);
  let keys = first;
  let seen = toSignature(file);
  return () => {
    const now = toSignature(file);
    if (now === seen || now === null) return keys;
    seen = now;
    try {
      keys = parseKeys(source, readKeyTexts(source, log) ?? [], salt);
      log.info({ writing: keys[0].id, keys: keys.length }, "the secret keys were read again");
    } catch (error) {
      log.error({ err: error }, "the changed key file cannot be used: the keys stay as they were");
    }
    return keys;
  };
}

/** Changes when the file does. */
function toSignature(file: string): string | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : null;
}

/** What passphrases of this database are stretched with. */
export async function readSalt(client: Client): Promise<string> {
  return (await client.keyCheck.findFirst({ where: { id: 1 } }))?.salt ?? "";
}
