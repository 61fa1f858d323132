import type { RunStats } from "../contract/playground.ts";
import type { Model, Usage } from "../contract/protocol.ts";
import { costOf } from "./cost.ts";

/** What was noted while an answer arrived. Monotonic ms, all from one clock. */
export interface RunMarks {
  startedMs: number;
  /** First piece with text; null when none came. */
  firstTextMs: number | null;
  endedMs: number;
  /** How many pieces carried text. */
  pieces: number;
  /** The last usage the plugin reported. */
  usage: Usage | null;
  /** The model asked, for its price. */
  model: Model | null;
}

/** The numbers under an answer, also under one that broke off. */
export function toRunStats(marks: RunMarks): RunStats {
  const completionTokens = marks.usage?.completion_tokens ?? null;
  return {
    ttftMs: marks.firstTextMs === null ? null : Math.max(0, marks.firstTextMs - marks.startedMs),
    totalMs: Math.max(0, marks.endedMs - marks.startedMs),
    promptTokens: marks.usage?.prompt_tokens ?? null,
    completionTokens,
    tokensPerSecond: tokensPerSecond(marks, completionTokens),
    ...costOf(marks.usage, marks.model),
  };
}

/**
 * Rate of writing: from the first text to the end. An answer in one piece says nothing about its writing, so there the
 * whole waiting time counts.
 */
function tokensPerSecond(marks: RunMarks, tokens: number | null): number | null {
  if (tokens === null || marks.firstTextMs === null) return null;
  const from = marks.pieces > 1 ? marks.firstTextMs : marks.startedMs;
  const seconds = (marks.endedMs - from) / 1000;
  return seconds > 0 ? tokens / seconds : null;
}
