import type { Finding } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";

/** A place in a text, 1-based. */
export interface Place {
  line: number;
  column: number;
}

/** What a text stands for. */
export interface TextReading {
  /** Null when it cannot be read; then the findings say why. */
  values: ConfigValues | null;
  /** Where each value stands, by name. */
  places: Map<string, Place>;
  /** Where each name stands that is given a value. */
  keys: Map<string, Place>;
  findings: Finding[];
}

/** Deepest nesting of a value; deeper text is not parsed at all. */
export const MAX_VALUE_DEPTH = 64;

export function toPlace(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - start + 1 };
}

/** A text that cannot be read, with the one reason that matters. */
export function unreadable(
  text: string,
  offset: number,
  problem: { code: string; message: string; fix: string },
): TextReading {
  return {
    values: null,
    places: new Map(),
    keys: new Map(),
    findings: [{ severity: "error", path: "", ...problem, ...toPlace(text, offset) }],
  };
}

export const TOO_DEEP = {
  code: "nested_too_deep",
  message: `A value is nested at most ${MAX_VALUE_DEPTH} levels deep.`,
  fix: "Remove the brackets or the indentation that open here.",
};
export const NOT_A_MAP = {
  code: "not_a_map",
  message: "A configuration is a list of names with values.",
  fix: "Write one name: value per field.",
};
