import { createReadStream } from "node:fs";
import { appendFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { LogLine } from "../contract/process.ts";
import type { Clock } from "../core/clock.ts";
import { toPlainText } from "../core/terminal-text.ts";
import type { Log } from "../log.ts";
import { createLineReader, type LineReader, type ReadLines } from "./line-reader.ts";
import { toKeptLine } from "./log-redaction.ts";
import type { OutputStream } from "./process.ts";

/** The newest output kept on disk, bytes: two segments, of which the older is thrown away when the newer is full. */
const RING_BYTES = 10 * 1_048_576;
const SEGMENT_BYTES = RING_BYTES / 2;
/** Lines in memory: what the page shows at once and a tail starts from. */
const LINES_IN_MEMORY = 2_000;
/** Of these at most so many characters, whatever their length. */
const CHARACTERS_IN_MEMORY = 2 * 1_048_576;
/** Bytes per second of one stream that are read; the rest is counted. */
const RATE = 1_048_576;
/** Waiting to be written at most, characters; a disk that cannot keep up loses lines and not memory. */
const MAX_PENDING = 4 * 1_048_576;
/** At most one remark about dropped lines in this time, ms. */
const REMARK_MS = 1_000;

/** Which lines to give. */
export interface LogQuery {
  /** Only lines after this one. */
  after?: number | undefined;
  /** At most so many, the newest. */
  limit: number;
}

/** The output of one plugin's process, over restarts of the process and of the console. */
export interface ProcessLog {
  write(stream: OutputStream, bytes: Buffer): void;
  /** A remark of the supervisor: started, ended. Ends unfinished lines. */
  remark(text: string): void;
  /** Oldest first. */
  list(query: LogQuery): LogLine[];
  /** The newest lines of stderr, oldest first, without colours; only of those after line `after`, if given. */
  lastErrors(count: number, after?: number): string[];
  /** Number of the newest line; −1 before the first. */
  newest(): number;
  /** Calls back for every new line, or batch of lines, until the function returned is called. */
  follow(listener: (lines: LogLine[]) => void): () => void;
  /** Everything on disk, oldest first, for download and search. */
  readAll(): Promise<LogLine[]>;
  /** Resolves when everything said so far is on disk. */
  flush(): Promise<void>;
  /** Removes the files. */
  remove(): Promise<void>;
}

export interface ProcessLogOptions {
  /** Folder of this plugin's log; made when needed. */
  directory: string;
  clock: Clock;
  log: Log;
  /** Takes known secrets out of a line. */
  redact: (text: string) => string;
}

/** Opens the log and reads what is there from earlier. */
export async function openProcessLog(options: ProcessLogOptions): Promise<ProcessLog> {
  const { directory, clock, redact } = options;
  const files = createSegments(options);
  const earlier = await files.read();
  const memory: LogLine[] = earlier.slice(-LINES_IN_MEMORY);
  const listeners = new Set<(lines: LogLine[]) => void>();
  let characters = memory.reduce((sum, { text }) => sum + text.length, 0);
  let next = (earlier.at(-1)?.seq ?? -1) + 1;
  let readers = newReaders();
  let dropped = 0;
  let remarkedMs = -Infinity;

  function add(lines: Array<Pick<LogLine, "stream" | "text" | "cut">>): void {
    if (lines.length === 0) return;
    const at = new Date(clock.now()).toISOString();
    const stamped = lines.map((line): LogLine => ({ seq: next++, at, ...line }));
    memory.push(...stamped);
    characters += stamped.reduce((sum, { text }) => sum + text.length, 0);
    while (memory.length > LINES_IN_MEMORY || characters > CHARACTERS_IN_MEMORY) {
      characters -= memory.shift()?.text.length ?? 0;
    }
    files.append(stamped);
    for (const listener of listeners) listener(stamped);
  }

  function remarkDropped(force: boolean): void {
    const now = clock.monotonic();
    if (dropped === 0 || (!force && now - remarkedMs < REMARK_MS)) return;
    remarkedMs = now;
    const count = dropped.toLocaleString("en");
    dropped = 0;
    add([{ stream: "console", text: `${count} lines dropped: they came faster than they can be kept` }]);
  }

  function take(stream: OutputStream, read: ReadLines): void {
    dropped += read.dropped;
    add(
      read.lines.map((line) => {
        const { text, cut } = toKeptLine(line, redact);
        return { stream, text, ...(cut ? { cut } : {}) };
      }),
    );
  }

  function endLines(): void {
    for (const stream of ["stdout", "stderr"] as const) take(stream, readers[stream].end());
    readers = newReaders();
  }

  return {
    write(stream, bytes) {
      take(stream, readers[stream].push(bytes, clock.monotonic()));
      remarkDropped(false);
    },
    remark(text) {
      endLines();
      remarkDropped(true);
      add([{ stream: "console", text: redact(text) }]);
    },
    list: ({ after = -1, limit }) => memory.filter(({ seq }) => seq > after).slice(-limit),
    newest: () => next - 1,
    lastErrors: (count, after = -1) =>
      memory
        .filter(({ stream, seq }) => stream === "stderr" && seq > after)
        .slice(-count)
        .map(({ text }) => toPlainText(text)),
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async readAll() {
      await files.flush();
      return files.read();
    },
    flush: files.flush,
    async remove() {
      await files.flush();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function newReaders(): Record<OutputStream, LineReader> {
  return { stdout: createLineReader(RATE), stderr: createLineReader(RATE) };
}

/** Two files that together hold the newest output, one JSON document a line. */
function createSegments({ directory, log }: ProcessLogOptions) {
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
    append(lines: LogLine[]): void {
      if (pendingLength > MAX_PENDING) return;
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      pending.push(text);
      pendingLength += text.length;
      start();
    },
    async flush(): Promise<void> {
      while (writing !== null) await writing;
    },
    async read(): Promise<LogLine[]> {
      const lines: LogLine[] = [];
      for (const file of [older, newer]) await readInto(lines, file).catch(() => undefined);
      return lines;
    },
  };
}

/** In pieces, between which others get their turn: ten megabytes at once would hold up everything else. */
async function readInto(lines: LogLine[], file: string): Promise<void> {
  let rest = "";
  for await (const piece of createReadStream(file, "utf8")) {
    const texts = (rest + String(piece)).split("\n");
    rest = texts.pop() ?? "";
    lines.push(...texts.flatMap(readLine));
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
