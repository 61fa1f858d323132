/** The offset of the first violation of JSON's grammar, which `JSON.parse` does not tell on Node 20. */

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
