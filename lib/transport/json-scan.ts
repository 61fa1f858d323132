/**
 * What `JSON.parse` does not tell on Node 20: how deep a text is nested and how much it holds, before anything is built from it,
 * and the offset of the first violation of the grammar.
 */

/** Where a text goes beyond a bound, as an offset into it. */
export interface Excess {
  of: "depth" | "values";
  at: number;
}

/** The bracket that opens level `depth + 1`, or where the text holds more than `values` values; null for neither. Looks at brackets, commas and strings only. */
export function findExcess(
  text: string,
  { depth, values }: { depth: number; values: number },
): Excess | null {
  let level = 0;
  let count = 1;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = closingQuote(text, at);
    else if (char === "[" || char === "{") {
      level += 1;
      count += 1;
      if (level > depth) return { of: "depth", at };
    } else if (char === "]" || char === "}") level -= 1;
    else if (char === ",") count += 1;
    if (count > values) return { of: "values", at };
  }
  return null;
}

/** Index of the quote that ends the string opened at `start`, or the text's length. */
function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";
type Token = { kind: string; end: number } | { kind: "bad"; at: number };

const LITERAL = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.+-])/y;
const STRING_PART = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

/** Offset of the first violation; the text's length (without trailing space) when it ends too early. For invalid JSON only. */
export function findSyntaxError(text: string): number {
  const open: string[] = [];
  let expected: Expected | null = "value";
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    if ("at" in token) return token.at;
    expected = step(expected, token.kind, open);
    if (expected === null) return at;
    at = skipSpace(text, token.end);
  }
  return text.trimEnd().length;
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function readToken(text: string, at: number): Token {
  const char = text[at] ?? "";
  if ("{}[],:".includes(char)) return { kind: char, end: at + 1 };
  if (char === '"') return readString(text, at);
  LITERAL.lastIndex = at;
  return LITERAL.test(text) ? { kind: "scalar", end: LITERAL.lastIndex } : { kind: "bad", at };
}

function readString(text: string, start: number): Token {
  let at = start + 1;
  while (text[at] !== '"') {
    STRING_PART.lastIndex = at;
    if (!STRING_PART.test(text)) return { kind: "bad", at };
    at = STRING_PART.lastIndex;
  }
  return { kind: "string", end: at + 1 };
}

/** What may follow after `kind`; null when it was not allowed here. `open` is the stack of open brackets. */
function step(expected: Expected, kind: string, open: string[]): Expected | null {
  if (expected === ":") return kind === ":" ? "value" : null;
  if (expected === ", or end") return stepAfterValue(kind, open);
  if (expected === "key" || expected === "key or }") {
    if (kind === "string") return ":";
    return kind === "}" && expected === "key or }" ? close(open) : null;
  }
  if (kind === "]" && expected === "value or ]") return close(open);
  if (kind === "string" || kind === "scalar") return ", or end";
  if (kind !== "{" && kind !== "[") return null;
  open.push(kind);
  return kind === "{" ? "key or }" : "value or ]";
}

function stepAfterValue(kind: string, open: string[]): Expected | null {
  const bracket = open.at(-1);
  if (kind === ",") return bracket === undefined ? null : bracket === "{" ? "key" : "value";
  const closes = bracket === "{" ? "}" : "]";
  return bracket !== undefined && kind === closes ? close(open) : null;
}

function close(open: string[]): Expected {
  open.pop();
  return ", or end";
}
