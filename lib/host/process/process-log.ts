import { rm } from "node:fs/promises";
import type { LogLine } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import { toPlainText } from "../../core/terminal-text.ts";
import type { Log } from "../../log.ts";
import { createLogFiles } from "./rotating-log.ts";
import { createLineReader, type LineReader, type ReadLines } from "./line-reader.ts";
import { toKeptLine } from "./log-redaction.ts";
import type { OutputStream } from "./child-process.ts";

/** Lines in memory: what the page shows at once and a tail starts from. */
const LINES_IN_MEMORY = 2_000;
/** Of these at most so many characters, whatever their length. */
const CHARACTERS_IN_MEMORY = 2 * 1_048_576;
/** Bytes per second of one stream that are read; the rest is counted. */
const RATE = 1_048_576;
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
  /**
   * Everything on disk at the first pull, oldest first, for download and search: in pieces, between which others get their turn. What is
   * written meanwhile neither moves nor lengthens it.
   */
  readAll(): AsyncGenerator<LogLine[], void, undefined>;
  /** Resolves when everything said so far is on disk, or the disk had two seconds to take it: with the number of lines that are not. */
  flush(): Promise<number>;
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
  const files = createLogFiles({ ...options, onLost: remarkLost });
  const earlier: LogLine[] = [];
  for await (const piece of files.read()) earlier.push(...piece);
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

  function remarkLost(lines: number): void {
    const which =
      lines === 1 ? "1 line before this was" : `${lines.toLocaleString("en")} lines before this were`;
    add([
      { stream: "console", text: `${which} not kept: the disk did not take ${lines === 1 ? "it" : "them"}` },
    ]);
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
    async *readAll() {
      await files.flush();
      yield* files.read();
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
