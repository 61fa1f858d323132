/** How much a text may nest and hold before anything is built from it. */
export interface TextLimits {
  /** Brackets that may lie inside each other. */
  depth: number;
  /** Values that the text may hold, each list and object counted as one; unlimited unless given. */
  values?: number;
  /**
   * Whether double quotes hide what stands between them, as in JSON; true unless given. False for YAML and for unfinished text, where
   * a quote may stand alone: then every bracket counts.
   */
  hasStrings?: boolean;
}

/** The first place where a text goes beyond a limit, as an offset in UTF-16 units. */
export interface Excess {
  of: "depth" | "values";
  at: number;
}

/**
 * Where a text goes beyond `limits`: the bracket that opens one level too many, or the bracket or comma of one value too many; null
 * when it stays within them. Looks at brackets, commas and strings only, whether the text is JSON or not, and builds nothing: one
 * pass, in time proportional to the length. Brackets that close nothing are ignored.
 */
export function findExcess(text: string, limits: TextLimits): Excess | null {
  const { depth, values = Infinity, hasStrings = true } = limits;
  let level = 0;
  let count = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      if (hasStrings) at = findClosingQuote(text, at);
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      level++;
      count++;
      if (level > depth) return { of: "depth", at };
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      if (level > 0) level--;
    } else if (code === COMMA) count++;
    if (count > values) return { of: "values", at };
  }
  return null;
}

/** Index of the quote that ends the string opened at `start`, or the text's length. */
function findClosingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

/** Whether an odd number of backslashes stands before `index`. */
function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (index - first) % 2 === 1;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
