import { toPlainText } from "@/lib/core/terminal-text.ts";

/** A piece of a line in one look. */
export interface AnsiPiece {
  text: string;
  /** Classes of our own palette; empty for plain text. */
  look: string;
}

/** The sixteen colours of a terminal, in ours: what means good, bad or careful there does so here. */
const COLOURS: Readonly<Record<number, string>> = {
  30: "text-faint",
  31: "text-bad",
  32: "text-ok",
  33: "text-warn",
  34: "text-info",
  35: "text-accent",
  36: "text-info",
  37: "text-ink",
};

/** What changes colours (SGR of ECMA-48); everything else that a terminal acts on means nothing in a log. */
const COLOURING = new RegExp("(?:\\u001b\\[|\\u009b)([0-9;]*)m", "g");

/** A line with ANSI colours → pieces with classes. Other control sequences vanish; nothing becomes markup. */
export function readAnsi(line: string): AnsiPiece[] {
  const pieces: AnsiPiece[] = [];
  let [colour, bold, dim, from] = ["", false, false, 0];
  const push = (raw: string) => {
    const text = toPlainText(raw);
    const look = [dim ? "text-faint" : colour, bold ? "font-semibold" : ""].filter(Boolean).join(" ");
    if (text !== "") pieces.push({ text, look });
  };
  for (const match of line.matchAll(COLOURING)) {
    push(line.slice(from, match.index));
    from = match.index + match[0].length;
    for (const code of (match[1] ?? "").split(";").map(Number)) {
      if (code === 0) [colour, bold, dim] = ["", false, false];
      else if (code === 1) bold = true;
      else if (code === 2) dim = true;
      else if (code === 22) [bold, dim] = [false, false];
      else if (code === 39) colour = "";
      else colour = COLOURS[code >= 90 && code <= 97 ? code - 60 : code] ?? colour;
    }
  }
  push(line.slice(from));
  return pieces;
}
