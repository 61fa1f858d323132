import { access, constants, open, stat } from "node:fs/promises";
import { basename, delimiter, isAbsolute, join, resolve } from "node:path";
import { forbiddenVariables } from "../../core/command.ts";
import { uncovered } from "./folder-digest.ts";

/** Linux reads no more of a script's first line, bytes. */
const LINE_BYTES = 256;
/** Of one start: a script, whose interpreter is a script … Linux follows five. */
const MAX_PROGRAMS = 8;

/** What starting a program runs before anything else. */
export interface Programs {
  /** Absolute paths: the program itself, then the interpreters that it names. */
  programs: string[];
  /** What the first lines say besides: options, scripts. */
  words: string[];
}

/**
 * Follows the first line of a script (`#!/usr/bin/env python3`) to the programs that are run for it.
 * @throws AppError `process_folder_uncovered` for one that is not there, that `env` would have to interpret, or that is no end of it
 */
export async function followInterpreters(
  executable: string,
  folder: string,
  searchPath: string,
): Promise<Programs> {
  const programs = [executable];
  const words: string[] = [];
  // A list that grows while it is walked: interpreters may be scripts themselves.
  for (const path of programs) {
    const line = await readFirstLine(path);
    if (line === null) continue;
    const [named = "", ...rest] = line.split(/[ \t]+/);
    const interpreter = resolve(folder, named);
    if (!(await isExecutable(interpreter))) throw unclear(path, line, `${interpreter} cannot be executed`);
    programs.push(interpreter);
    words.push(...rest);
    if (basename(interpreter) === "env") programs.push(await findForEnv(path, rest, folder, searchPath));
    if (programs.length > MAX_PROGRAMS) throw unclear(path, line, "there is no end of interpreters");
  }
  return { programs, words };
}

/** What follows `#!`; null for what is no script. */
async function readFirstLine(path: string): Promise<string | null> {
  const bytes = await readBeginning(path).catch(() => {
    throw uncovered(`${path} cannot be read`, "Let the console's user read it.");
  });
  if (bytes.toString("latin1", 0, 2) !== "#!") return null;
  const end = bytes.indexOf("\n");
  const line = bytes.toString("utf8", 2, end === -1 ? bytes.length : end).replace(/^[ \t]+|[ \t]+$/g, "");
  if (end === -1 && bytes.length === LINE_BYTES) throw unclear(path, line, "it is longer than 256 bytes");
  if (line.includes("\uFFFD")) throw unclear(path, line, "it is not valid UTF-8");
  // The system hands what names nobody to its own shell.
  return line === "" ? null : line;
}

async function readBeginning(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LINE_BYTES), 0, LINE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The program that `env` looks up: `python3`, `-S node --no-warnings`, `-S A=1 node`. */
async function findForEnv(
  path: string,
  rest: readonly string[],
  folder: string,
  searchPath: string,
): Promise<string> {
  const line = `env ${rest.join(" ")}`;
  const words = rest[0] === "-S" ? rest.slice(1) : rest;
  if (words.some((word) => /["'\\$]/.test(word))) throw unclear(path, line, "it has quotes or variables");
  const at = words.findIndex((word) => !word.includes("="));
  const name = words[at] ?? "";
  const [forbidden] = forbiddenVariables(words.slice(0, at).map((word) => word.split("=", 1)[0] ?? ""));
  if (forbidden !== undefined) throw unclear(path, line, `it sets ${forbidden}`);
  if (name === "" || name.startsWith("-")) throw unclear(path, line, "it names no program");
  const found = name.includes("/") ? resolve(folder, name) : await findOnPath(name, searchPath);
  if (found === null || !(await isExecutable(found))) throw unclear(path, line, `${name} cannot be executed`);
  return found;
}

function unclear(path: string, line: string, why: string) {
  return uncovered(
    `${path} begins with #!${line}, and ${why}`,
    "Name a program there that is installed, by its path or as /usr/bin/env program.",
  );
}

/** Absolute path of the first program of this name on a search path; null when there is none. */
export async function findOnPath(name: string, searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

/** True for a file that may be executed, directly or through a link. */
export async function isExecutable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
