/** What a pattern costs on the linear engine, in steps of its program. */
export interface PatternSize {
  toCompile: number;
  /** For each character it is tried on. */
  toMatch: number;
}

/** A class like \pL is a list of some hundred ranges that is built once for each place it is written. */
const UNICODE_CLASS_STEPS = 10;
const ENORMOUS = 1_000_000;

/**
 * Size of the program that RE2 makes of a pattern, without making it: repetitions are written out, `(ab{3}){10}` has some 40 steps.
 * Close for patterns that compile; for others any number. Takes time in proportion to the pattern.
 */
export function measurePattern(pattern: string): PatternSize {
  const open: number[] = [];
  let size = 0;
  let atom = 0;
  for (const token of toTokens(pattern)) {
    const count = toCount(token);
    if (count !== null) {
      size = Math.min(ENORMOUS, size + atom * (count - 1));
      atom = Math.min(ENORMOUS, atom * count);
    } else if (token === "(") {
      open.push(size);
      size = 0;
    } else if (token === ")") {
      atom = size + 1;
      size = Math.min(ENORMOUS, (open.pop() ?? 0) + atom);
    } else {
      atom = 1;
      size += 1;
    }
  }
  const whole = open.reduce((sum, part) => Math.min(ENORMOUS, sum + part), size);
  const classes = pattern.split(/\\[pP]/).length - 1;
  return { toCompile: whole + classes * UNICODE_CLASS_STEPS, toMatch: whole };
}

/** An escape, the start of a bracket class, a repetition, or one character. */
const TOKEN = /\\[pP](?:\{[^}]{0,40}\}|[A-Z])|\\[^]|\{\d{1,6}(?:,\d{0,6})?\}|[^]/y;

/** The pieces of a pattern, a whole bracket class as one. */
function* toTokens(pattern: string): Generator<string> {
  const token = new RegExp(TOKEN);
  // Looked for no further once a class has no end: a text of brackets only would be read to its end for each of them.
  let hasEnds = true;
  while (token.lastIndex < pattern.length) {
    const [text = ""] = token.exec(pattern) ?? [];
    if (text === "[" && hasEnds) {
      const end = endOfClass(pattern, token.lastIndex);
      if (end === -1) hasEnds = false;
      else token.lastIndex = end;
    }
    yield text;
  }
}

/** Offset behind the bracket that closes a class whose content begins at `from`; -1 when there is none. */
function endOfClass(pattern: string, from: number): number {
  // A bracket that comes first, also after ^, stands for itself.
  let at = pattern[from] === "^" ? from + 1 : from;
  for (at += pattern[at] === "]" ? 1 : 0; at < pattern.length; at++) {
    if (pattern[at] === "\\") at += 1;
    else if (pattern[at] === "]") return at + 1;
  }
  return -1;
}

/** How often `{2}`, `{2,}` and `{2,5}` write out what stands before them; null for anything else. */
function toCount(token: string): number | null {
  const [, from, , to] = /^\{(\d+)(,(\d*))?\}$/.exec(token) ?? [];
  return from === undefined ? null : Math.max(1, Number(from), Number(to || 0));
}
