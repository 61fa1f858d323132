import { StringDecoder } from "node:string_decoder";

/**
 * Read of one line at most, UTF-16 units: more than is kept of it, so that a secret at the place where it will be cut is seen whole and can
 * be taken out. A secret has at most 16 KB, and written as an address three times as much.
 */
const MAX_READ = 16_384 + 65_536;

/** A line of output as it came. */
export interface OutputLine {
  text: string;
  /** The line was longer; the rest is lost. */
  cut: boolean;
}

/** What some bytes completed: whole lines, and how many were dropped instead. */
export interface ReadLines {
  lines: OutputLine[];
  dropped: number;
}

/**
 * Bytes → lines, within a budget. Output that comes faster than the budget is not decoded at all: its lines are counted, so that a
 * flood costs a look at each byte and no more. A line of which a part was dropped is dropped whole: its halves could be those of a secret.
 */
export interface LineReader {
  push(bytes: Buffer, nowMs: number): ReadLines;
  /** The unfinished last line, if there is one. */
  end(): ReadLines;
}

/** @param rate bytes per second that are read; twice that may come at once. */
export function createLineReader(rate: number): LineReader {
  let decoder = new StringDecoder("utf8");
  let rest = "";
  let cut = false;
  /** A part of the line that has begun was dropped. */
  let broken = false;
  let budget = rate * 2;
  let lastMs: number | null = null;

  function refill(nowMs: number): void {
    budget = Math.min(rate * 2, budget + ((nowMs - (lastMs ?? nowMs)) * rate) / 1_000);
    lastMs = nowMs;
  }

  function take(text: string): void {
    const room = MAX_READ - rest.length;
    if (text.length > room) cut = true;
    rest += text.slice(0, room);
  }

  function finish(read: ReadLines): void {
    if (broken) read.dropped += 1;
    else read.lines.push({ text: rest.endsWith("\r") ? rest.slice(0, -1) : rest, cut });
    rest = "";
    cut = false;
    broken = false;
  }

  function drop(bytes: Buffer): ReadLines {
    decoder = new StringDecoder("utf8");
    rest = "";
    cut = false;
    broken = bytes.at(-1) !== LINE_FEED;
    return { lines: [], dropped: countLines(bytes) };
  }

  return {
    push(bytes, nowMs) {
      refill(nowMs);
      if (bytes.length > budget) return drop(bytes);
      budget -= bytes.length;
      const read: ReadLines = { lines: [], dropped: 0 };
      const [first = "", ...others] = decoder.write(bytes).split("\n");
      take(first);
      for (const text of others) {
        finish(read);
        take(text);
      }
      return read;
    },
    end() {
      const read: ReadLines = { lines: [], dropped: 0 };
      take(decoder.end());
      if (rest !== "" || cut || broken) finish(read);
      return read;
    },
  };
}

const LINE_FEED = 10;

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
