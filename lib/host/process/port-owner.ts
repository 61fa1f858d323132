import { readdir, readFile, readlink } from "node:fs/promises";
import { findListeners } from "../../core/listening.ts";
import { findRun } from "./process-tree.ts";

/** Who listens at an endpoint on this machine: only the run, somebody else too, nobody, or the system does not say. */
export type Owner = "run" | "other" | "nobody" | "unknown";

/**
 * @param runId null while nothing runs
 * @param leader the first process of the run, while it lives
 */
export async function findOwner(
  endpoint: string,
  runId: string | null,
  leader: number | null,
): Promise<Owner> {
  const tables = await Promise.all(["tcp", "tcp6"].map(readTable));
  if (tables.every((table) => table === null)) return "unknown";
  const listening = findListeners(tables.join("\n"), endpoint);
  if (listening.length === 0) return "nobody";
  const missing = new Set(listening);
  for (const { pid } of runId === null ? [] : await findRun(runId, { leader })) {
    for (const inode of await socketsOf(pid)) missing.delete(inode);
  }
  return missing.size === 0 ? "run" : "other";
}

function readTable(name: string): Promise<string | null> {
  return readFile(`/proc/net/${name}`, "utf8").catch(() => null);
}

/** Inodes of the sockets a process has open; none for a process that may not be looked at. */
async function socketsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch((): string[] => []);
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}
