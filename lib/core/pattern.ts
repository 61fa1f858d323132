import { RE2JS } from "re2js";

/** Longer patterns are not read: compiling costs time by length, and nobody can read them either. */
const MAX_PATTERN = 1_000;
/** RE2 refuses patterns whose repetitions multiply to more than this. */
const MAX_REPETITION = 1_000;
/** Steps of program kept compiled, in all: a schema is checked at every keystroke, and a hostile one must not fill the memory. */
const MEMO_STEPS = 100_000;
/**
 * Steps of program × characters that one value may cost. The dearest steps measured (nested counted repetitions, first run) take
 * 25 ns: a value then stays below 50 ms (bench/config.ts).
 */
const MAX_WORK = 1_000_000;

type Compiled = RE2JS | { problem: string };

/** By pattern, the one compiled first at the beginning. */
const memo = new Map<string, Compiled>();
let memoSteps = 0;

/** Why a pattern checks nothing, or null when RE2 accepts it. Look-around and back-references are what people trip over. */
export function patternProblem(pattern: string): string | null {
  const compiled = compile(pattern);
  return compiled instanceof RE2JS ? null : compiled.problem;
}

/**
 * Whether `text` contains a match of `pattern`, in linear time. `unknown` when the pattern cannot be read: it then checks nothing.
 * `too_long` with the longest text this pattern is tried on, in UTF-16 units.
 */
export function matchPattern(
  pattern: string,
  text: string,
): "match" | "mismatch" | "unknown" | { tooLong: number } {
  const limit = Math.floor(MAX_WORK / countSteps(pattern));
  const compiled = compile(pattern);
  if (!(compiled instanceof RE2JS)) return "unknown";
  if (text.length > limit) return { tooLong: limit };
  return compiled.test(text) ? "match" : "mismatch";
}

/** About how many steps RE2's program has: one a character, and what its repetitions multiply to. */
function countSteps(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)?,?(\d+)?\}/g)].map(([, from, to]) => Number(to ?? from ?? 1));
  const repetition = counts.reduce(
    (product, count) => Math.min(MAX_REPETITION, product * Math.max(1, count)),
    1,
  );
  return pattern.length + repetition;
}

function compile(pattern: string): Compiled {
  if (pattern.length > MAX_PATTERN) {
    return { problem: `it has ${pattern.length} characters; at most ${MAX_PATTERN} are read` };
  }
  const known = memo.get(pattern);
  if (known) return known;
  const compiled = compileAnew(pattern);
  memo.set(pattern, compiled);
  memoSteps += countSteps(pattern);
  for (const oldest of memo.keys()) {
    if (memoSteps <= MEMO_STEPS) break;
    memo.delete(oldest);
    memoSteps -= countSteps(oldest);
  }
  return compiled;
}

function compileAnew(pattern: string): Compiled {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
