import type { Findings } from "./findings.ts";

/** Looks like a space and is none to a parser. */
const SPACES = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/;
/** Seen by nobody: byte order marks, zero-width characters, soft hyphens, and controls of the direction of text. */
const HIDDEN = /[\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/;
/** What a manifest may hold escaped, and not as it is. */
export const INVISIBLE = new RegExp(`${SPACES.source}|${HIDDEN.source}`);
const EITHER = new RegExp(INVISIBLE.source, "g");

/** People write these on purpose where they write sentences, and nothing is compared with them. */
const PROSE = /^\s*(?:- )?["']?description["']?\s*:/i;

const MAX_LINES = 20;

/** A text without its invisible characters, and where they were. */
export interface VisibleText {
  source: string;
  /** Offsets in `source` of what was wrong, one for each line, with the characters' codes. */
  invisible: Array<{ offset: number; codes: string[]; count: number }>;
}

/**
 * Takes the invisible characters out of a manifest: they come with text copied from web pages and word processors, and make names and
 * addresses that look right and are not. Spaces of other kinds become spaces; those and joiners of letters stay where a description
 * has them.
 */
export function makeVisible(text: string): VisibleText {
  if (!INVISIBLE.test(text)) return { source: text, invisible: [] };
  const invisible: VisibleText["invisible"] = [];
  let source = "";
  for (const line of text.split(/(?<=\n)/)) {
    if (PROSE.test(line)) {
      source += line;
      continue;
    }
    const found = [...line.matchAll(EITHER)];
    const [first] = found;
    if (first) {
      const codes = [...new Set(found.map(([character]) => codeOf(character)))];
      invisible.push({ offset: source.length + first.index, codes, count: found.length });
    }
    source += line.replace(EITHER, (character) => (SPACES.test(character) ? " " : ""));
  }
  return { source, invisible };
}

function codeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** One error for each line, at its place. */
export function reportInvisible({ invisible }: VisibleText, findings: Findings): void {
  for (const { offset, codes, count } of invisible.slice(0, MAX_LINES)) {
    const what = count === 1 ? "an invisible character" : `${count} invisible characters`;
    findings.locate("", offset);
    findings.error(
      "invisible_character",
      "",
      `This line holds ${what} (${codes.join(", ")}), which a reader takes for part of the text.`,
      "Delete the line and type it again, with ordinary spaces.",
    );
  }
}
