import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";

/** Bytes read and hashed at once: some 2 ms of work, so that other things get their turn. */
const PIECE_BYTES = 1_048_576;

/** A file that changed so recently may change again without another stamp: its digest is not kept. ms */
const UNSETTLED_MS = 2_000;

/** Digests kept in memory at most: some plugins full of modules. */
const MAX_KNOWN = 200_000;

/** SHA-256, hex, of files, remembered for as long as inode, size and both times stay: pages ask often, and files are many. */
export interface FileDigests {
  /** Throws what the system says. `stats` are those of `path` as seen a moment ago, if they were looked at anyway. */
  of(path: string, stats?: BigIntStats): Promise<string>;
}

export function createFileDigests(clock: Clock): FileDigests {
  // Those under way, too: two plugins that start at once share an interpreter of a hundred megabytes.
  const known = new Map<string, { version: string; digest: Promise<string> }>();
  return {
    async of(path, seen) {
      const stats = seen ?? (await stat(path, { bigint: true }));
      // The time of the last change to the entry (ctime) cannot be set back by whoever changes the file.
      const version = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
      const before = known.get(path);
      if (before?.version === version) return before.digest;
      const digest = digestFile(path);
      const isSettled = clock.now() - Number(stats.ctimeMs) > UNSETTLED_MS;
      if (known.size >= MAX_KNOWN) known.clear();
      if (isSettled) known.set(path, { version, digest });
      else known.delete(path);
      digest.catch(() => known.delete(path));
      return digest;
    },
  };
}

async function digestFile(path: string): Promise<string> {
  // A pipe put in the file's place meanwhile must not hold us.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE_BYTES, size)));
    const hash = createHash("sha256");
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
