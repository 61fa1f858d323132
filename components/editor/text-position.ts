/** A stretch of a text, as offsets; `to` is behind its last character. */
export interface TextRange {
  from: number;
  to: number;
}

/** Where a line and column (1-based) stand in a text, as an offset; never behind the end of that line or of the text. */
export function toOffset(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + column - 1, end === -1 ? text.length : end);
}

/** The line of an offset, 1-based. */
export function toLine(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Quoted text, a bare word with what belongs to it, or a single sign. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s:,[\]{}"']+|\S/y;

/** What to underline for something noticed at a place: the word that begins there; at the end of a line, its last character. */
export function toMarkedRange(text: string, line: number, column: number): TextRange {
  const offset = toOffset(text, line, column);
  TOKEN.lastIndex = offset;
  const token = TOKEN.exec(text)?.[0];
  if (token) return { from: offset, to: offset + token.length };
  const isInside = offset < text.length && text[offset] !== "\n";
  if (isInside) return { from: offset, to: offset + 1 };
  const isLineEmpty = offset === 0 || text[offset - 1] === "\n";
  return { from: isLineEmpty ? offset : offset - 1, to: offset };
}

/** The smallest single replacement that makes `after` of `before`; null when they are the same. */
export function toReplacement(before: string, after: string): (TextRange & { insert: string }) | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

/** The same text with `\n` as its only line end, as the editor keeps it. */
export function toUnixLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
