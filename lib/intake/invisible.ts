import type { Findings } from "./findings.ts";

/** Looks like a space and is none to a parser. */
const SPACES = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/;
/** Seen by nobody: byte order marks, zero-width characters, soft hyphens, and controls of the direction of text. */
const HIDDEN = /[\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/;
/** What a manifest may hold escaped, and not as it is. */
export const INVISIBLE = new RegExp(`${SPACES.source}|${HIDDEN.source}`);
const EITHER = new RegExp(INVISIBLE.source, "g");

/** Fields whose values are compared, called or started; everywhere else people write sentences, and may mean these characters. */
const COMPARED = new Set([
  ...["type", "endpoint", "name", "version", "plugin_api_version", "provider_type", "homepage"],
  ...["command", "args", "env", "auto_start", "health_check_interval", "required", "sensitive"],
  ...[
    "metadata",
    "capabilities",
    "config_schema",
    "validation",
    "pattern",
    "min",
    "max",
    "min_length",
    "max_length",
  ],
]);
const FIELD = /["']?([A-Za-z_]+)["']?\s*:(?=\s|$)/g;

const MAX_LINES = 20;

/** A text without its invisible characters, and where they were. */
export interface VisibleText {
  source: string;
  /** Offsets in `source` of what was wrong, one for each line, with the characters' codes. */
  invisible: Array<{ offset: number; codes: string[]; count: number }>;
}

/**
 * Takes the invisible characters out of a manifest: they come with text copied from web pages and word processors, and make names and
 * addresses that look right and are not. Spaces of other kinds become spaces. In descriptions, comments and whatever else is read by
 * people alone they stay.
 */
export function makeVisible(text: string): VisibleText {
  if (!INVISIBLE.test(text)) return { source: text, invisible: [] };
  const invisible: VisibleText["invisible"] = [];
  let source = "";
  for (const line of text.split(/(?<=\n)/)) {
    const fields = findFields(line);
    const found = [...line.matchAll(EITHER)].filter(({ index }) => isCompared(index, fields));
    const [first] = found;
    if (first) {
      const codes = [...new Set(found.map(([character]) => codeOf(character)))];
      invisible.push({ offset: source.length + first.index, codes, count: found.length });
    }
    const places = new Set(found.map(({ index }) => index));
    source += line.replace(EITHER, (character, index: number) => {
      if (!places.has(index)) return character;
      return SPACES.test(character) ? " " : "";
    });
  }
  return { source, invisible };
}

interface FieldPlace {
  name: string;
  /** Where its colon stands in the line. */
  colon: number;
}

/** The fields that a line names, none in a comment. Invisible characters within a name do not hide it. */
function findFields(line: string): FieldPlace[] {
  if (/^\s*#/.test(line)) return [];
  const plain = line.replace(EITHER, (character) => (SPACES.test(character) ? " " : "_"));
  return [...plain.matchAll(FIELD)].map(({ 0: text, 1: name = "", index }) => ({
    name: name.replace(/^_+|_+$/g, ""),
    colon: index + text.length - 1,
  }));
}

/** In the value of such a field, in front of its name, or within it. */
function isCompared(index: number, fields: readonly FieldPlace[]): boolean {
  const next = fields.find(({ colon }) => colon > index);
  const own = fields.findLast(({ colon }) => colon < index);
  if (own) return COMPARED.has(own.name);
  return next !== undefined && COMPARED.has(next.name);
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
