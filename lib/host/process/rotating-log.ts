import { mkdir, open, rename, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { LogLine } from "../../contract/process.ts";
import { abortable } from "../../async/abortable.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";

/** The newest output kept on disk, bytes: two segments, of which the older is thrown away when the newer is full. */
const RING_BYTES = 10 * 1_048_576;
const SEGMENT_BYTES = RING_BYTES / 2;
/** Waiting to be written at most, characters; a disk that cannot keep up loses lines and not memory. */
const MAX_PENDING = 4 * 1_048_576;

/** Written at once, characters, give or take a batch of lines: of large pieces the segments would be filled unevenly. */
const PORTION = 1_048_576;
/** What is waiting is waited for so long, ms: a disk that has gone must not hold up a stop. */
const FLUSH_MS = 2_000;

/** Two files that together hold the newest output of one process, one JSON document a line. */
export interface RotatingLog {
  append(lines: LogLine[]): void;
  /**
   * Resolves when everything appended so far is on disk or lost, or the disk has not taken it within two seconds: with the number of
   * lines that are not on disk and were not reported to `onLost`.
   */
  flush(): Promise<number>;
  /** What is on disk when it is first pulled, oldest first, in pieces. */
  read(): AsyncGenerator<LogLine[], void, undefined>;
}

interface Portion {
  text: string;
  lines: number;
}

export interface RotatingLogOptions {
  /** Made when needed. */
  directory: string;
  clock: Clock;
  log: Log;
  /** Called with how many lines are missing once the disk takes lines again. */
  onLost(lines: number): void;
}

export function createRotatingLog({ directory, clock, log, onLost }: RotatingLogOptions): RotatingLog {
  const [newer, older] = [join(directory, "output.jsonl"), join(directory, "output.1.jsonl")];
  const pending: Portion[] = [];
  let pendingLength = 0;
  let writing: Promise<void> | null = null;
  /** Lines ever taken to be written, those of them that were tried, and those that are missing on disk. */
  const count = { taken: 0, tried: 0, lost: 0 };
  let isRefused = false;

  async function write(text: string): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const size = await stat(newer).then(
      (found) => found.size,
      () => 0,
    );
    if (size > 0 && size + text.length > SEGMENT_BYTES) await rename(newer, older);
    // Of a path, Node 26 lists no `appendFile`, `readFile` or `writeFile` as active, by which a stop sees that a disk has gone.
    const handle = await open(newer, "a", 0o600);
    try {
      await handle.appendFile(text);
    } finally {
      await handle.close();
    }
  }

  function refused(lines: number, error: unknown): void {
    if (!isRefused) log.warn({ err: error, directory }, "a plugin's log cannot be written and loses lines");
    isRefused = true;
    count.lost += lines;
  }

  function accepted(): void {
    isRefused = false;
  }

  function reportLost(): void {
    const { lost } = count;
    if (isRefused || lost === 0) return;
    count.lost = 0;
    onLost(lost);
  }

  /** Writes what is waiting. A disk that refuses is not asked again before there is something new to write. */
  async function writeOn({ text, lines }: Portion): Promise<void> {
    pendingLength -= text.length;
    await write(text).then(accepted, (error: unknown) => refused(lines, error));
    count.tried += lines;
    const next = pending.shift();
    writing = next === undefined ? null : writeOn(next);
    if (writing === null) reportLost();
  }

  function queue(portion: Portion): void {
    const last = pending.at(-1);
    if (writing === null) writing = writeOn(portion);
    else if (last === undefined || last.text.length > PORTION) pending.push(portion);
    else Object.assign(last, { text: last.text + portion.text, lines: last.lines + portion.lines });
  }

  return {
    append(lines) {
      if (pendingLength > MAX_PENDING) {
        count.lost += lines.length;
        return;
      }
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      pendingLength += text.length;
      count.taken += lines.length;
      queue({ text, lines: lines.length });
    },
    async flush() {
      const wanted = count.taken;
      const deadline = clock.deadline(FLUSH_MS);
      try {
        while (writing !== null && count.tried < wanted) await abortable(writing, deadline.signal);
      } catch {
        // The deadline: nothing else is thrown here.
      } finally {
        deadline.clear();
      }
      return Math.max(0, wanted - count.tried) + count.lost;
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
