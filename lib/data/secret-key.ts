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
  parseSecretKey,
  type SecretKeys,
} from "./secret-box.ts";
import { driverCode, toStorageError } from "./storage-error.ts";

const CANARY = "the right key opens this";
const CANARY_PLACE = "KeyCheck:1:sealed";

interface Source {
  directory: string;
  secretKey?: string | undefined;
}

function keyFile(source: Source): string {
  return join(source.directory, "secret.key");
}

function refuse(message: string, hint: string): AppError {
  return new AppError("storage_unavailable", message, { hint });
}

/** Lines of the key file, the writing key first; null when there is no file. */
function readKeyFile(source: Source, log: Log): string[] | null {
  const file = keyFile(source);
  try {
    const text = readFileSync(file, "utf8");
    if ((statSync(file).mode & 0o077) !== 0) {
      log.warn({ file }, "other users of this machine can read the secret key: run chmod 600 on the file");
    }
    return text.split("\n").filter((line) => line.trim() !== "");
  } catch (error) {
    if (driverCode(error) === "ENOENT") return null;
    throw toStorageError(error);
  }
}

/** On the disk before anything is sealed with it. Fails when the file exists. */
function createKeyFile(source: Source): string[] {
  const text = generateKeyText();
  const handle = openSync(keyFile(source), "wx", 0o600);
  writeSync(handle, `${text}\n`);
  fsyncSync(handle);
  closeSync(handle);
  return [text];
}

function parseKeys(source: Source, texts: string[], salt: string): SecretKeys {
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
async function introduceKeys(client: Client, source: Source, clock: Clock, log: Log): Promise<SecretKeys> {
  const salt = generateSalt();
  const texts = source.secretKey === undefined ? readKeyFile(source, log) : [source.secretKey];
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
  source: Source,
  clock: Clock,
  log: Log,
): Promise<SecretKeys> {
  const check = await client.keyCheck.findFirst({ where: { id: 1 } });
  if (!check) return introduceKeys(client, source, clock, log);
  const texts = source.secretKey === undefined ? readKeyFile(source, log) : [source.secretKey];
  const wayOut =
    `Set LOOM_SECRET_KEY to the key this database was made with, or put its file back at ${keyFile(source)}. ` +
    `If that key is lost, so are the stored secrets: move loom.db away to begin anew.`;
  if (!texts) throw refuse("The secret key of this database is missing.", wayOut);
  const keys = parseKeys(source, texts, check.salt);
  try {
    createSecretBox(keys).open(check.sealed, CANARY_PLACE);
  } catch {
    const used = source.secretKey === undefined ? keyFile(source) : "LOOM_SECRET_KEY";
    const message =
      `${used} is not the key of this database: ` +
      `that one has the id ${check.sealed.split(".")[1]}, this one ${keys[0].id}.`;
    throw refuse(message, wayOut);
  }
  return keys;
}
