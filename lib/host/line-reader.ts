import { StringDecoder } from "node:string_decoder";

/** Longest line kept, UTF-16 units (`protocol.md`: 16 KB a line). */
const MAX_LINE_LENGTH = 16_384;

/** A line of output. */
export interface OutputLine {
  text: string;
  /** The line was longer; the rest is lost. */
  cut: boolean;
}

/**
 * Bytes → lines, within a budget. Output that comes faster than the budget is not decoded at all: its lines are counted, so that a
 * flood costs a look at each byte and no more.
 */
export interface LineReader {
  /** The lines that these bytes complete, and how many were dropped instead. */
  push(bytes: Buffer, nowMs: number): { lines: OutputLine[]; dropped: number };
  /** The unfinished last line, if there is one. */
  end(): OutputLine | null;
}

/** @param rate bytes per second that are read; twice that may come at once. */
export function createLineReader(rate: number): LineReader {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let cut = false;
  let budget = rate * 2;
  let lastMs: number | null = null;

  function refill(nowMs: number): void {
    budget = Math.min(rate * 2, budget + ((nowMs - (lastMs ?? nowMs)) * rate) / 1_000);
    lastMs = nowMs;
  }

  function take(text: string): void {
    const room = MAX_LINE_LENGTH - rest.length;
    if (text.length > room) cut = true;
    rest += text.slice(0, room);
  }

  function finish(): OutputLine {
    const line = { text: rest.endsWith("\r") ? rest.slice(0, -1) : rest, cut };
    rest = "";
    cut = false;
    return line;
  }

  return {
    push(bytes, nowMs) {
      refill(nowMs);
      if (bytes.length > budget) return { lines: [], dropped: countLines(bytes) };
      budget -= bytes.length;
      const [first = "", ...others] = decoder.write(bytes).split("\n");
      const lines: OutputLine[] = [];
      take(first);
      for (const text of others) {
        lines.push(finish());
        take(text);
      }
      return { lines, dropped: 0 };
    },
    end() {
      take(decoder.end());
      return rest === "" && !cut ? null : finish();
    },
  };
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return Math.max(1, count);
}
