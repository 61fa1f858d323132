import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { AppError } from "../../contract/error.ts";
import type { Manifest } from "../../contract/manifest.ts";
import type { FolderCoverage, ProcessCommand } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import { forbiddenVariables, pathsIn } from "../../core/command.ts";
import type { Inventory } from "../../core/inventory.ts";
import { isSameJson } from "../../core/json-object.ts";
import type { FileDigests } from "./file-digest.ts";
import { coverFolder, uncovered } from "./folder-digest.ts";
import { findOnPath, followInterpreters, isExecutable } from "./shebang.ts";
import { isInside } from "../folder/manifest-file.ts";

/** The program with the interpreters that it names. */
const MAX_PROGRAM_BYTES = 1_073_741_824n;

/** What starting a process would run, and what was looked at to say so. */
export interface CommandLook {
  command: ProcessCommand;
  coverage: FolderCoverage;
  inventory: Inventory;
}

export interface LookOptions {
  manifest: Manifest;
  /** Absolute path of the manifest's file: its folder is the plugin's. */
  file: string;
  /** The console's PATH. */
  searchPath: string;
  digests: FileDigests;
  clock: Clock;
  /** For decisions: read what is known, too. See `DigestOptions`. */
  again?: boolean | undefined;
  /** Nobody waits for the look any more once it aborts: it rejects. */
  signal?: AbortSignal | undefined;
}

/**
 * What starting the process of a manifest would run, down to the bytes of its files. Starts nothing.
 * @throws AppError `process_not_found`, `process_not_executable`, `process_folder_uncovered`, `invalid_manifest` for an environment
 * that is refused
 */
export async function lookAtCommand(options: LookOptions): Promise<CommandLook> {
  const { file, searchPath, digests, clock, again, signal } = options;
  const { command = "", args = [], env = {} } = options.manifest;
  requireHarmless(Object.keys(env));
  requirePassable([command, ...args, ...Object.values(env)]);
  const named = dirname(file);
  const folder = await realpath(named).catch(() => named);
  const executable = await locate(command, folder, searchPath);
  const { programs, words } = await followInterpreters(executable, folder, searchPath);
  await requireInside([...args, ...words], folder);
  const manifest = join(folder, basename(file));
  const { digest, inventory, ...coverage } = await coverFolder({
    ...{ folder, manifest, digests, again, clock, signal, words: [command, ...args, ...words] },
  });
  const hash = createHash("sha256");
  for (const [path, stats] of await measure(programs)) {
    signal?.throwIfAborted();
    hash.update(`${path}\0${await digests.of(path, { stats, again }).catch(unreadable(path))}\0`);
  }
  const whole = hash.update(digest).digest("hex");
  return {
    command: { executable, command, args, env, workingDirectory: folder, digest: whole },
    ...{ coverage, inventory },
  };
}

/** True when an approval of `approved` covers `command`: nothing at all differs. */
export function isCovered(command: ProcessCommand, approved: ProcessCommand): boolean {
  return isSameJson(command, approved);
}

/** What is known of programs before they are read: not too large to be read at every start. */
async function measure(programs: readonly string[]): Promise<Array<[string, BigIntStats]>> {
  let bytes = 0n;
  const measured: Array<[string, BigIntStats]> = [];
  for (const path of programs) {
    const stats = await stat(path, { bigint: true }).catch(unreadable(path));
    bytes += stats.size;
    if (bytes > MAX_PROGRAM_BYTES) {
      throw uncovered(
        `${path} is larger than 1 GB`,
        "Name a program, and give it its data in files of its own.",
      );
    }
    measured.push([path, stats]);
  }
  return measured;
}

function unreadable(path: string): () => never {
  return () => {
    throw uncovered(`${path} cannot be read`, "Let the console's user read it.");
  };
}

function requireHarmless(names: string[]): void {
  const [first] = forbiddenVariables(names);
  if (first === undefined) return;
  throw new AppError("invalid_manifest", `The manifest's env sets ${first}, which no plugin may set.`, {
    field: `env.${first}`,
    hint: "Such variables make the approved program run something else. Remove it from the manifest.",
  });
}

function requirePassable(texts: readonly string[]): void {
  if (!texts.some((text) => text.includes("\0"))) return;
  throw new AppError("invalid_manifest", "The manifest's command, args or env contain a NUL character.", {
    field: "command",
    hint: "The system ends every argument there. Remove it from the manifest.",
  });
}

/** A name is looked for on the search path; a path starts in the folder and, unless absolute, stays there. */
async function locate(command: string, folder: string, searchPath: string): Promise<string> {
  if (!/[\\/]/.test(command)) {
    const found = await findOnPath(command, searchPath);
    if (found === null) throw notFound(command);
    return found;
  }
  // Started under the name that was written: some programs are several, and look at it.
  const path = resolve(folder, command);
  const target = await realpath(path).catch(() => null);
  if (target === null) throw notFound(command);
  if (!isAbsolute(command) && !isInside(folder, target)) {
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

function notFound(command: string): AppError {
  return new AppError("process_not_found", `${command} was not found.`, {
    field: "command",
    hint: "Install it, or give its path in the manifest's command: a bare name is looked for on the search path, a path in the manifest's folder.",
  });
}

/** What an argument names elsewhere can change with nobody looking. Data is named in `env`, which no runtime takes for a script. */
async function requireInside(args: readonly string[], folder: string): Promise<void> {
  for (const argument of args) {
    for (const path of pathsIn(argument)) {
      const target = await findOutside(path, folder);
      if (target === null) continue;
      throw uncovered(
        `The argument ${argument} names ${target}, outside the folder of the manifest`,
        "Copy it into the folder. If it is data, name it in env instead.",
      );
    }
  }
}

/** Where a path leads, if that is outside the folder and something to run could be found there. */
async function findOutside(path: string, folder: string): Promise<string | null> {
  const at = resolve(folder, path);
  const found = await stat(at).catch(() => null);
  if (found !== null) {
    const target = await realpath(at).catch(() => at);
    return (found.isFile() || found.isDirectory()) && !isHarmless(target, folder) ? target : null;
  }
  // Runtimes complete a name that is not there (`../server`, `lib/*`): something may lie beside it.
  if (!isAbsolute(path)) return isInside(folder, at) ? null : at;
  const home = await realpath(dirname(at)).catch(() => null);
  return home === null || isHarmless(home, folder) ? null : at;
}

/** "/" is the beginning of many addresses and nobody's place for scripts. */
function isHarmless(target: string, folder: string): boolean {
  return target === "/" || isInside(folder, target);
}
