import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { sep } from "node:path";
import type { Finding } from "../../contract/manifest.ts";

/** 64 KB of UTF-8 (`reliability.md`, bad input); nothing behind that is ever read. */
const MAX_BYTES = 65_536;

/** What one manifest file says at this instant, or why it could not be read. */
export type FileContent = { text: string; hash: string } | { problem: Finding };

/** A plain finding about a file or directory as a whole. */
export function toFileProblem(code: string, message: string, fix: string): Finding {
  return { severity: "error", code, path: "", message, fix };
}

/** Whether `path` lies in `folder`; both absolute and without links. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/**
 * Reads a manifest file without ever leaving `folder` (a real path), blocking on a pipe or opening a device.
 * `hash` is the SHA-256 of the bytes, hex. Null when the file is not there any more. Never rejects.
 */
export async function readManifestFile(path: string, folder: string): Promise<FileContent | null> {
  try {
    const real = await realpath(path);
    if (!isInside(folder, real)) return { problem: linkProblem() };
    // The path was resolved: a link here was put in its place meanwhile. A pipe without a writer would block for ever.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await readHandle(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? null : { problem: unreadableProblem(error) };
  }
}

async function readHandle(handle: FileHandle): Promise<FileContent> {
  const stats = await handle.stat();
  if (!stats.isFile()) return { problem: notAFileProblem() };
  if (stats.size > MAX_BYTES) return { problem: sizeProblem(stats.size) };
  // As large as needed: a thousand times the most there may be would keep the garbage collector busy.
  let bytes = await readUpTo(handle, stats.size + 1);
  if (bytes.length > stats.size) bytes = await readUpTo(handle, MAX_BYTES + 1);
  if (bytes.length > MAX_BYTES) return { problem: sizeProblem(bytes.length) };
  const hash = createHash("sha256").update(bytes).digest("hex");
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), hash };
  } catch {
    return { problem: toFileProblem("not_utf8", "This file is not UTF-8 text.", "Save it as UTF-8.") };
  }
}

/** From the beginning. */
async function readUpTo(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most);
  let length = 0;
  while (length < most) {
    const { bytesRead } = await handle.read(buffer, length, most - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** Of a link whose target lies outside the watched folder. */
export function linkProblem(): Finding {
  return toFileProblem(
    "link_out_of_folder",
    "This link leads out of the watched folder, so it is not followed.",
    "Put the file itself into the folder, or watch the folder it lies in (LOOM_PLUGINS_DIR).",
  );
}

/** Of a pipe, socket or device under the name of a manifest. */
export function notAFileProblem(): Finding {
  return toFileProblem(
    "not_a_file",
    "This is not a regular file, so it is not opened.",
    "Replace it with a file that holds the manifest.",
  );
}

function sizeProblem(size: number): Finding {
  return toFileProblem(
    "payload_too_large",
    `A manifest has at most ${MAX_BYTES} bytes; this has ${size > MAX_BYTES + 1 ? size : "more"}.`,
    "Check that this is a plugin manifest and not something else.",
  );
}

/** Of what the operating system does not let us look into. */
export function unreadableProblem(error: unknown): Finding {
  const code = errorCode(error);
  const why = code === "EACCES" || code === "EPERM" ? "the console has no permission" : code;
  return toFileProblem(
    "unreadable",
    `This cannot be read: ${why}.`,
    "Make it readable for the user the console runs as, then reload the folders.",
  );
}

export function errorCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown error";
}
