import type { z } from "zod";
import { AppError } from "../contract/error.ts";
import { describeIssue, toFieldIssues } from "../core/issues.ts";
import { isJsonObject, matchKeys, type JsonObject } from "../core/json-object.ts";

/** One answer being read: where it came from, and every leniency that was needed so far. */
export interface Reading {
  /** "The answer of 127.0.0.1:8090 to GET /models". */
  subject: string;
  warnings: string[];
}

/**
 * A copy of `value` with known names spelled as the contract spells them and without nulls under them.
 * Unknown keys stay. `at` is the path of the object within the answer, for warnings.
 */
export function respell(
  value: JsonObject,
  known: readonly string[],
  at: string,
  reading: Reading,
): JsonObject {
  const names = matchKeys(Object.keys(value), known);
  const result: JsonObject = {};
  const unknown: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const name = names.get(key);
    if (name === undefined) unknown.push(key);
    else if (name !== key)
      reading.warnings.push(`${join(at, key)} is spelled ${name} in the protocol${fateOf(key, name)}`);
    if (name !== undefined && item === null) {
      reading.warnings.push(`${join(at, name)} is null and counts as absent: leave it out`);
    } else if ((name ?? key) !== "__proto__") result[name ?? key] = item;
  }
  if (unknown.length > 0) {
    const listed = unknown.slice(0, 5).join(", ") + (unknown.length > 5 ? " …" : "");
    reading.warnings.push(`${at || "the answer"} has fields the protocol does not know: ${listed}`);
  }
  return result;
}

/** Go's decoder, which Loom reads with, does not mind capitals, and ignores a key that is spelled otherwise. */
function fateOf(key: string, name: string): string {
  return key.toLowerCase() === name ? "" : ": Loom ignores it";
}

/** A body can break any number of rules; a message names the first few. */
const MAX_PROBLEMS = 5;

/** `value` as the schema sees it, or `plugin_invalid_response` with what is wrong and the path of the first field that is. */
export function conform<T>(schema: z.ZodType<T>, value: unknown, at: string, reading: Reading): T {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => toFieldIssues(issue))
    .map(({ path, message }) => ({ path: prefix(at, path), problem: lowerFirst(message) }));
  const [first, ...others] = problems;
  const rest = others.map(({ path, problem }) => `; ${path}: ${problem}`).join("");
  throw invalidResponse(reading, first?.path ?? at, `${first?.problem ?? "it has another form"}${rest}`);
}

function prefix(at: string, path: string): string {
  return at === "" || path === "" || path.startsWith("[") ? `${at}${path}` : `${at}.${path}`;
}

export function requireObject(value: unknown, at: string, reading: Reading): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalidResponse(reading, at, `expected an object, received ${nameOf(value)}`);
}

/** Longest lists that are read. Each of their entries is checked by itself, which takes far longer than its bytes. */
export const LIST_CAPS = { fields: 2_000, choices: 128, calls: 128 } as const;

/** Throws `plugin_response_too_large` for a list of `length` entries when that is more than `max`; `what` is in it. */
export function requireFew(length: number, max: number, what: string, reading: Reading): void {
  if (length <= max) return;
  const [count, limit] = [length, max].map((number) => number.toLocaleString("en"));
  throw new AppError(
    "plugin_response_too_large",
    `${reading.subject} is too large: it has ${count} ${what}, and at most ${limit} are read.`,
    { hint: "Send less: none of them was read." },
  );
}

export function invalidResponse(reading: Reading, path: string, problem: string): AppError {
  const where = path === "" ? "" : `${path}: `;
  return new AppError(
    "plugin_invalid_response",
    `${reading.subject} is not what the protocol says: ${where}${problem}.`,
    {
      hint: "Correct this field in the plugin; the plugin guide shows the shape of every answer.",
      details: { path },
    },
  );
}

/** `models` + 3 → `models[3]`, `a` + `b` → `a.b`. */
export function join(at: string, part: PropertyKey): string {
  if (typeof part === "number") return `${at}[${part}]`;
  return at === "" ? String(part) : `${at}.${String(part)}`;
}

/** To go on with a sentence of ours in the middle of another. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
