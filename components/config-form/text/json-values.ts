import type { Json } from "@/lib/contract/manifest.ts";
import { describeInexact, findInexactNumber } from "@/lib/core/exact-json.ts";
import { findUnfaithful } from "@/lib/core/faithful.ts";
import { findExcess } from "@/lib/core/json-depth.ts";
import { isJsonObject } from "@/lib/core/json-object.ts";
import {
  MAX_VALUE_DEPTH,
  NOT_A_MAP,
  toPlace,
  TOO_DEEP,
  unreadable,
  type Place,
  type TextReading,
} from "./text-reading.ts";

/** A string with what makes it a key, or a bracket. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"(\s*:\s*)?|[[\]{}]/g;

/**
 * JSON text → explicit values, with the place of each. Numbers that would not survive, keys given twice and deep nesting are
 * refused where they stand. An empty text sets nothing.
 */
export function readJson(text: string): TextReading {
  if (text.trim() === "") return { values: {}, places: new Map(), keys: new Map(), findings: [] };
  const tooDeep = findExcess(text, { depth: MAX_VALUE_DEPTH });
  if (tooDeep) return unreadable(text, tooDeep.at, TOO_DEEP);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return unreadable(text, findErrorOffset(text, error.message), {
      code: "invalid_json",
      message: `This is not JSON yet: ${trimPlace(error.message)}.`,
      fix: "Names and text stand in double quotes; a comma stands between two values and not after the last.",
    });
  }
  if (!isJsonObject(value)) return unreadable(text, 0, NOT_A_MAP);
  const scanned = scan(text);
  if (scanned.doubled) {
    const { name, at } = scanned.doubled;
    return unreadable(text, at, {
      code: "duplicate_key",
      message: `${name.slice(0, 100)} is given twice.`,
      fix: "Keep one of them.",
    });
  }
  const [unfaithful] = findUnfaithful(value);
  if (unfaithful) {
    const isName = unfaithful.path.endsWith("__proto__");
    const offset = isName ? text.indexOf("__proto__") : text.search(/\\u[dD][89a-fA-F]/);
    return unreadable(text, Math.max(0, offset), {
      code: isName ? "forbidden_key" : "lone_surrogate",
      message: unfaithful.message,
      fix: "Correct or remove it.",
    });
  }
  const inexact = findInexactNumber(text);
  if (inexact !== null) {
    return unreadable(text, text.indexOf(inexact), {
      code: "inexact_number",
      message: describeInexact(inexact),
      fix: "Put it in double quotes.",
    });
  }
  return { values: value, places: scanned.places, keys: scanned.keys, findings: [] };
}

interface Scan {
  places: Map<string, Place>;
  keys: Map<string, Place>;
  doubled: { name: string; at: number } | null;
}

/** The keys of a JSON text from left to right. */
function scan(text: string): Scan {
  const places = new Map<string, Place>();
  const keys = new Map<string, Place>();
  const open: Array<Set<string>> = [];
  let doubled: Scan["doubled"] = null;
  for (const match of text.matchAll(TOKEN)) {
    const [token, colon] = match;
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const name = toName(token.slice(0, token.length - colon.length));
      if (open.at(-1)?.has(name)) doubled ??= { name, at: match.index };
      open.at(-1)?.add(name);
      if (open.length !== 1) continue;
      places.set(name, toPlace(text, match.index + token.length));
      keys.set(name, toPlace(text, match.index));
    }
  }
  return { places, keys, doubled };
}

function toName(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}

/** Engines tell the place in words, each its own: "at position 17", "line 2 column 5". Without one, the end of the text. */
function findErrorOffset(text: string, message: string): number {
  const offset = /position (\d+)/.exec(message)?.[1];
  if (offset !== undefined) return Math.min(Number(offset), text.length);
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (line === undefined) return text.trimEnd().length;
  const lines = text.split("\n").slice(0, Number(line) - 1);
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + Number(column) - 1;
}

function trimPlace(message: string): string {
  return message
    .replace(/ in JSON at position.*$/s, "")
    .replace(/ at line \d+ column \d+.*$/s, "")
    .replace(/^JSON\.parse: /, "")
    .replace(/, ".*" is not valid JSON$/s, "")
    .replace(/\.$/, "");
}
