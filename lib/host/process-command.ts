import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative, resolve } from "node:path";
import { AppError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { ProcessCommand } from "../contract/process.ts";
import { forbiddenVariables } from "../core/command.ts";
import { isSameJson } from "../core/json-object.ts";

/** Files larger than this are named in an argument as data and not as program, bytes. */
const MAX_DIGESTED_BYTES = 256 * 1_048_576;

/**
 * What starting the process of a manifest would run, down to the bytes of its files. Starts nothing.
 * @param folder the folder of the manifest, absolute
 * @param searchPath the console's PATH
 * @throws AppError `process_not_found`, `process_not_executable`, `invalid_manifest` for an environment that is refused
 */
export async function resolveCommand(
  manifest: Manifest,
  folder: string,
  searchPath: string,
): Promise<ProcessCommand> {
  const { command = "", args = [], env = {} } = manifest;
  requireHarmless(Object.keys(env));
  const workingDirectory = await realpath(folder).catch(() => folder);
  const executable = await locate(command, workingDirectory, searchPath);
  const digest = await digestFiles([executable, ...(await filesAmong(args, workingDirectory))]);
  return { executable, command, args, env, workingDirectory, digest };
}

/** True when an approval of `approved` covers `command`: nothing at all differs. */
export function isCovered(command: ProcessCommand, approved: ProcessCommand): boolean {
  return isSameJson(command, approved);
}

function requireHarmless(names: string[]): void {
  const [first] = forbiddenVariables(names);
  if (first === undefined) return;
  throw new AppError("invalid_manifest", `The manifest's env sets ${first}, which no plugin may set.`, {
    field: `env.${first}`,
    hint: "Such variables make the approved program run something else. Remove it from the manifest.",
  });
}

/** A name is looked for on the search path; a path starts in the folder and, unless absolute, stays there. */
async function locate(command: string, folder: string, searchPath: string): Promise<string> {
  if (!/[\\/]/.test(command)) return findOnPath(command, searchPath);
  // Started under the name that was written: some programs are several, and look at it.
  const path = resolve(folder, command);
  const target = await realpath(path).catch(() => null);
  if (target === null) throw notFound(command);
  if (!isAbsolute(command) && isOutside(target, folder)) {
    throw new AppError("invalid_manifest", `${command} leads outside the folder of the manifest.`, {
      field: "command",
      hint: "Use a program inside the folder, or one on the search path by its bare name.",
    });
  }
  if (!(await isExecutable(path))) {
    throw new AppError("process_not_executable", `${command} may not be executed.`, {
      field: "command",
      hint: `Make it executable: chmod +x ${path}`,
    });
  }
  return path;
}

async function findOnPath(name: string, searchPath: string): Promise<string> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  throw notFound(name);
}

function notFound(command: string): AppError {
  return new AppError("process_not_found", `${command} was not found.`, {
    field: "command",
    hint: "Install it, or give its path in the manifest's command: a bare name is looked for on the search path, a path in the manifest's folder.",
  });
}

async function isExecutable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Arguments that name a file of the folder: the script an interpreter is given is as much the program as the interpreter. */
async function filesAmong(args: string[], folder: string): Promise<string[]> {
  const found = await Promise.all(
    args.map(async (argument) => {
      const path = await realpath(resolve(folder, argument)).catch(() => null);
      if (path === null || isOutside(path, folder)) return null;
      const file = await stat(path);
      return file.isFile() && file.size <= MAX_DIGESTED_BYTES ? path : null;
    }),
  );
  return found.filter((path) => path !== null);
}

function isOutside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way.startsWith("..") || isAbsolute(way);
}

async function digestFiles(paths: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0${await digestFile(path)}\0`);
  return hash.digest("hex");
}

/** Digests of files that have not changed since: reading an interpreter takes a third of a second, and pages ask often. */
const known = new Map<string, { version: string; digest: Promise<string> }>();
/** An interpreter has a hundred megabytes: pieces of this size take half the time of the usual ones, bytes. */
const PIECE_BYTES = 1_048_576;

async function digestFile(path: string): Promise<string> {
  // The time of the last change to the file's entry cannot be set back by whoever changes the file.
  const { ino, size, mtimeMs, ctimeMs } = await stat(path);
  const version = [ino, size, mtimeMs, ctimeMs].join(" ");
  const before = known.get(path);
  if (before?.version === version) return before.digest;
  const digest = readDigest(path);
  known.set(path, { version, digest });
  digest.catch(() => known.delete(path));
  return digest;
}

async function readDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}
