import { appendFile, mkdir, open, rename, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { LogLine } from "../contract/process.ts";
import type { Log } from "../log.ts";

/** The newest output kept on disk, bytes: two segments, of which the older is thrown away when the newer is full. */
const RING_BYTES = 10 * 1_048_576;
const SEGMENT_BYTES = RING_BYTES / 2;
/** Waiting to be written at most, characters; a disk that cannot keep up loses lines and not memory. */
const MAX_PENDING = 4 * 1_048_576;

/** Two files that together hold the newest output of one process, one JSON document a line. */
export interface LogFiles {
  append(lines: LogLine[]): void;
  /** Resolves when everything appended so far is on disk. */
  flush(): Promise<void>;
  /** What is on disk when it is first pulled, oldest first, in pieces. */
  read(): AsyncGenerator<LogLine[], void, undefined>;
}

/** @param directory made when needed */
export function createLogFiles({ directory, log }: { directory: string; log: Log }): LogFiles {
  const [newer, older] = [join(directory, "output.jsonl"), join(directory, "output.1.jsonl")];
  let pending: string[] = [];
  let pendingLength = 0;
  let writing: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    while (pending.length > 0) {
      const text = pending.join("");
      pending = [];
      pendingLength = 0;
      const size = await stat(newer).then(
        (found) => found.size,
        () => 0,
      );
      if (size > 0 && size + text.length > SEGMENT_BYTES) await rename(newer, older);
      await appendFile(newer, text, { mode: 0o600 });
    }
  }

  function start(): void {
    writing ??= writeAll()
      .catch((error: unknown) => log.warn({ err: error }, "a plugin's log could not be written"))
      .finally(() => {
        writing = null;
        if (pending.length > 0) start();
      });
  }

  return {
    append(lines) {
      if (pendingLength > MAX_PENDING) return;
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      pending.push(text);
      pendingLength += text.length;
      start();
    },
    async flush() {
      while (writing !== null) await writing;
    },
    async *read() {
      // Both are opened before either is read: whatever is renamed and written while somebody reads slowly, these are the same bytes.
      const files = [await openOld(older), await openOld(newer)];
      try {
        for (const file of files) if (file) yield* readLines(file);
      } finally {
        for (const file of files) await file?.handle.close();
      }
    },
  };
}

interface OldFile {
  handle: FileHandle;
  /** Bytes when it was opened. */
  size: number;
}

/** Null when there is none, or none that can be read. */
async function openOld(path: string): Promise<OldFile | null> {
  const handle = await open(path).catch(() => null);
  return handle === null ? null : { handle, size: (await handle.stat()).size };
}

async function* readLines({ handle, size }: OldFile): AsyncGenerator<LogLine[], void, undefined> {
  if (size === 0) return;
  let rest = "";
  const pieces = handle.createReadStream({ encoding: "utf8", end: size - 1, autoClose: false });
  for await (const piece of pieces) {
    const texts = (rest + String(piece)).split("\n");
    rest = texts.pop() ?? "";
    yield texts.flatMap(readLine);
  }
}

/** A line cut by a crash is no line. */
function readLine(text: string): LogLine[] {
  try {
    return [LogLine.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
