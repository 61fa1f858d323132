import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Clock } from "../../core/clock.ts";

/** Bytes read and hashed at once: some 2 ms of work, so that other things get their turn. */
const PIECE_BYTES = 1_048_576;

/** A file that changed so recently may change again without another stamp: its digest is not kept. ms */
const UNSETTLED_MS = 2_000;

/** Digests kept in memory at most: some plugins full of modules. */
const MAX_KNOWN = 200_000;

export interface DigestOptions {
  /** Those of the path as seen a moment ago, if they were looked at anyway. */
  stats?: BigIntStats;
  /**
   * Read the file although nothing says that it changed: a write through a mapping that was made before leaves no trace at first. What
   * the console's own user cannot write, nobody maps for writing but the system's administrator.
   */
  again?: boolean | undefined;
}

/** SHA-256, hex, of files, remembered for as long as inode, size and both times stay: pages ask often, and files are many. */
export interface FileDigests {
  /** Throws what the system says. */
  of(path: string, options?: DigestOptions): Promise<string>;
}

export function createFileDigests(clock: Clock): FileDigests {
  // Those under way, too: two plugins that start at once share an interpreter of a hundred megabytes.
  const known = new Map<string, { version: string; digest: Promise<string>; reading: boolean }>();
  return {
    async of(path, { stats: seen, again = false } = {}) {
      const stats = seen ?? (await stat(path, { bigint: true }));
      // The time of the last change to the entry (ctime) cannot be set back by whoever changes the file.
      const version = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
      const before = known.get(path);
      const holds = !again || before?.reading === true || isOnlyRoots(stats);
      if (before?.version === version && holds) return before.digest;
      const digest = digestFile(path, Number(stats.size));
      const entry = { version, digest, reading: true };
      const isSettled = clock.now() - Number(stats.ctimeMs) > UNSETTLED_MS;
      if (known.size >= MAX_KNOWN) known.clear();
      if (isSettled) known.set(path, entry);
      else known.delete(path);
      digest.then(
        () => (entry.reading = false),
        () => known.delete(path),
      );
      return digest;
    },
  };
}

function isOnlyRoots({ uid, mode }: BigIntStats): boolean {
  return uid === 0n && (mode & 0o022n) === 0n && process.getuid?.() !== 0;
}

/** One byte more than there was is read at most: it tells that the file has grown, and how large it grows is nobody's to wait for. */
async function digestFile(path: string, size: number): Promise<string> {
  // A pipe put in the file's place meanwhile must not hold us.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size + 1));
    const hash = createHash("sha256");
    for (let left = size + 1; left > 0;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, left));
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}
