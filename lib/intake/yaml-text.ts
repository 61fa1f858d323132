import { YAMLException } from "js-yaml";
import type { Position } from "./tree.ts";

/** Largest manifest, UTF-8 bytes (`reliability.md`, Bad input). */
export const MAX_MANIFEST_BYTES = 64 * 1024;
/** Deepest nesting. The parser stops there by itself: deeper text is never built. */
export const MAX_MANIFEST_DEPTH = 32;
/** Most names and values together. Five hundred configuration fields with every rule there is need 8,000. */
export const MAX_MANIFEST_VALUES = 10_000;

/** Turns offsets of one text into positions. */
export function createLocator(text: string): (offset: number) => Position {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Why a text cannot be read at all. */
export interface TextProblem {
  code: string;
  message: string;
  fix: string;
  offset: number;
}

/** Commas and brackets. Values that stand in brackets need at least one each; block style has few. */
const SEPARATOR = /[,[\]{}]/g;
const MAX_SEPARATORS = 2 * MAX_MANIFEST_VALUES;

/** Size, encoding and sheer number of values: what is wrong before anything is parsed. */
export function checkText(text: string): TextProblem | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_MANIFEST_BYTES) {
    return {
      code: "too_large",
      message: `A manifest has at most 64 KB; this one has ${Math.ceil(bytes / 1024)} KB.`,
      fix: "Check that this is a plugin.yaml or plugin.json and not something else.",
      offset: 0,
    };
  }
  const broken = text.search(/\uFFFD|\0|\p{Cs}/u);
  if (broken !== -1) {
    return {
      code: "not_utf8",
      message: "This character is not UTF-8 text.",
      fix: "Save the file as UTF-8.",
      offset: broken,
    };
  }
  return text.length > MAX_SEPARATORS ? checkSeparators(text) : null;
}

/** Parsing alone takes longer than anything else here when a text is nothing but tiny values. */
function checkSeparators(text: string): TextProblem | null {
  let count = 0;
  for (const { index } of text.matchAll(SEPARATOR)) {
    count += 1;
    if (count > MAX_SEPARATORS) return tooManyValues(index);
  }
  return null;
}

/** `offset` is where the first value too many stands, or nearly so. */
export function tooManyValues(offset: number): TextProblem {
  return {
    code: "too_many_values",
    message: `A manifest has at most ${MAX_MANIFEST_VALUES.toLocaleString("en")} names and values.`,
    fix: "Check that this is a plugin.yaml or plugin.json and not something else.",
    offset,
  };
}

export const EMPTY: TextProblem = {
  code: "empty",
  message: "The manifest is empty.",
  fix: "Start from the example in the plugin guide: type, endpoint and metadata.",
  offset: 0,
};

/** The parser's complaint in our words. Anything but a `YAMLException` is a fault of ours and thrown on. */
export function toSyntaxProblem(error: unknown, dialect: "yaml" | "json"): TextProblem {
  if (!(error instanceof YAMLException)) throw error;
  const { reason, mark } = error;
  const offset = mark?.position ?? 0;
  const known = SYNTAX.find((problem) => problem.reason.test(reason));
  if (known) return { code: known.code ?? "invalid_yaml", message: known.message, fix: known.fix, offset };
  const language = dialect === "json" ? "JSON" : "YAML";
  return {
    code: "invalid_yaml",
    message: `This is where the text stops being readable as ${language}: ${reason}.`,
    fix: "Check indentation, colons, quotes and brackets on this line and the one above it.",
    offset,
  };
}

/** What js-yaml complains of, its own words being about its own insides. The first that fits counts. */
const SYNTAX: Array<{ reason: RegExp; code?: string; message: string; fix: string }> = [
  {
    reason: /maxDepth/,
    code: "nested_too_deep",
    message: `A manifest is nested at most ${MAX_MANIFEST_DEPTH} levels deep.`,
    fix: "Remove the brackets or indentation that open here.",
  },
  {
    reason: /tab character/,
    code: "tab_indentation",
    message: "This line is indented with a tab, which YAML does not allow.",
    fix: "Indent with spaces.",
  },
  {
    reason: /deficient indentation|unexpected end of the (?:stream|document)/,
    message: "A quote or bracket was opened further up and is still open here.",
    fix: "Close it with the matching \", ', ] or }, or indent what belongs inside it.",
  },
  {
    reason: /missed comma/,
    message: "A comma is missing before this.",
    fix: "Put a comma between the entries.",
  },
  {
    reason: /found ','/,
    message: "A value is missing before this comma.",
    fix: "Write the value, or remove the comma.",
  },
  {
    reason: /bad indentation of a mapping entry/,
    message: "This does not fit what stands before it: a colon too many, or the wrong indentation.",
    fix: "Align it with the fields it belongs to, and put a value that contains a colon in quotes.",
  },
  {
    reason: /bad indentation of a sequence entry/,
    message: "This does not fit the list it stands in.",
    fix: "Begin each entry of the list with a dash, all in the same column.",
  },
  {
    reason: /block mapping entry|expected ':'/,
    message: "This line is not a field: a name, a colon and a value.",
    fix: "Write it as name: value, with a space after the colon.",
  },
  {
    reason: /escape sequence|hexadecimal/,
    message: "A backslash in double quotes begins an escape, and YAML does not know this one.",
    fix: "Write \\\\ for a backslash, or put the text in single quotes.",
  },
  {
    reason: /document separator is expected|can not read a document|directive/i,
    message: "A field was expected here, and none begins like this.",
    fix: "Write it as name: value, and put text that begins with @, % or another sign in quotes.",
  },
  {
    reason: /non-printable|valid JSON character/,
    message: "There is an invisible control character here.",
    fix: "Delete it, or type the line again.",
  },
];
