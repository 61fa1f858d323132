import { joinKey, toBlockPath } from "./block-place.ts";

interface Bracket {
  sign: "{" | "[";
  /** Offset of the sign. */
  at: number;
  keys: string[];
  /** Set between the colon and the comma. */
  key: string | null;
}

/** Quoted text, a line end, a comment, a sign, a word or a space. */
const SIGN = /"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|\n|#[^\n]*|[{}[\],:]|[^\s"'{}[\],:#]+|\s/y;

/** The braces and brackets that are open at the end of a text, outermost first; null when it ends in a comment. */
export function findOpenBrackets(text: string): Bracket[] | null {
  const open: Bracket[] = [];
  let word = "";
  // Outside brackets they and quotes only count where a value or a line begins.
  let atStart = true;
  SIGN.lastIndex = 0;
  for (let found = SIGN.exec(text); found; found = SIGN.exec(text)) {
    const [sign] = found;
    const at = SIGN.lastIndex - sign.length;
    const top = open.at(-1);
    if (sign === "\n") atStart = true;
    else if (sign.startsWith("#") && (at === 0 || /\s/.test(text[at - 1] ?? ""))) {
      if (SIGN.lastIndex === text.length) return null;
    } else if (!top && !atStart) {
      // Part of a plain value: a quote in it begins nothing.
      if (/^["'#]/.test(sign)) SIGN.lastIndex = at + 1;
      atStart = /^[:-]$/.test(sign) && /\s/.test(text[SIGN.lastIndex] ?? " ");
    } else if (sign === "{" || sign === "[") open.push({ sign, at, keys: [], key: null });
    else if (sign === "}" || sign === "]") open.pop();
    else if (sign === "," && top) top.key = null;
    else if (sign === ":" && top?.sign === "{" && top.key === null) {
      top.key = word;
      top.keys.push(word);
    } else if (sign.trim() !== "") {
      word = sign.replace(/^["']|["']$/g, "");
      if (!top) atStart = sign === "-";
    }
  }
  return open;
}

/** The path of the innermost of these; a list's own path is that of its key, an object in it adds `[]`. */
export function toFlowPath(text: string, [outermost, ...inner]: readonly Bracket[]): string {
  if (!outermost) return "";
  let path = toBlockPath(text, outermost.at);
  let around = outermost;
  for (const bracket of inner) {
    if (around.sign === "{") path = joinKey(path, around.key ?? "");
    else if (bracket.sign === "{") path = `${path}[]`;
    around = bracket;
  }
  return path;
}
