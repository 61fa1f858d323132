import type { ConfigField, Json, KnownFieldType } from "../contract/manifest.ts";
import { isSameJson } from "./json-object.ts";
import { matchPattern } from "./pattern.ts";
import { describePattern } from "./pattern-words.ts";

export type RuleCode = "type" | "enum" | "min_length" | "max_length" | "min" | "max" | "pattern";

/** A rule that a value breaks. */
export interface BrokenRule {
  code: RuleCode;
  message: string;
}

const TYPES: Record<KnownFieldType, { is(value: Json): boolean; name: string }> = {
  string: { is: (value) => typeof value === "string", name: "text" },
  int: { is: (value) => Number.isInteger(value), name: "a whole number" },
  float: { is: (value) => Number.isFinite(value), name: "a number" },
  bool: { is: (value) => typeof value === "boolean", name: "true or false" },
};

/**
 * Every rule of `field` that a present value breaks, in the order type → enum → length or range → pattern. A value of
 * the wrong type gets only that message. Unknown types have no rules but `enum`.
 */
export function checkRules(field: ConfigField, value: Json): BrokenRule[] {
  const known = Object.hasOwn(TYPES, field.type) ? TYPES[field.type as KnownFieldType] : null;
  if (known && !known.is(value)) {
    return [{ code: "type", message: `Must be ${known.name}; this is ${describe(field, value)}` }];
  }
  if (known === null) return checkEnum(field, value);
  return [
    ...checkEnum(field, value),
    ...checkLength(field, value),
    ...checkRange(field, value),
    ...checkPattern(field, value),
  ];
}

function checkEnum(field: ConfigField, value: Json): BrokenRule[] {
  const allowed = field.validation?.enum;
  if (allowed === undefined || allowed.some((member) => isSameValue(member, value))) return [];
  return [{ code: "enum", message: `Must be one of: ${allowed.slice(0, 20).map(spell).join(", ")}` }];
}

function checkLength({ validation }: ConfigField, value: Json): BrokenRule[] {
  if (typeof value !== "string") return [];
  const { min_length: min, max_length: max } = validation ?? {};
  if (min !== undefined && value.length < min) {
    return [{ code: "min_length", message: `At least ${characters(min)}; this has ${value.length}` }];
  }
  if (max !== undefined && value.length > max) {
    return [{ code: "max_length", message: `At most ${characters(max)}; this has ${value.length}` }];
  }
  return [];
}

function checkRange(field: ConfigField, value: Json): BrokenRule[] {
  if (typeof value !== "number") return [];
  const { min, max } = field.validation ?? {};
  const actual = field.sensitive ? "" : `; this is ${value}`;
  if (min !== undefined && value < min) return [{ code: "min", message: `At least ${min}${actual}` }];
  if (max !== undefined && value > max) return [{ code: "max", message: `At most ${max}${actual}` }];
  return [];
}

function checkPattern({ validation }: ConfigField, value: Json): BrokenRule[] {
  const pattern = validation?.pattern;
  if (pattern === undefined || typeof value !== "string") return [];
  const outcome = matchPattern(pattern, value);
  if (outcome === "match" || outcome === "unknown") return [];
  const message =
    outcome === "mismatch"
      ? mismatch(pattern)
      : `At most ${characters(outcome.tooLong)} can be checked against the pattern; this has ${value.length}`;
  return [{ code: "pattern", message }];
}

/** In words: an expression tells most people nothing. */
function mismatch(pattern: string): string {
  const words = describePattern(pattern);
  return words === null
    ? "Not in the form that this field asks for: its description says more"
    : `Must be ${words}`;
}

/** By value, as YAML and JSON spell it: an enum written 1, 1.0 or "1" means the same choice. */
function isSameValue(member: Json, value: Json): boolean {
  const isScalar = (json: Json) => json !== null && typeof json !== "object";
  if (isScalar(member) && isScalar(value)) return String(member) === String(value);
  return isSameJson(member, value);
}

function characters(count: number): string {
  return count === 1 ? "1 character" : `${count} characters`;
}

function spell(member: Json): string {
  return typeof member === "string" ? member : JSON.stringify(member);
}

/** Numbers are repeated so that "2.5" explains itself; text is not, it may be long or private. */
function describe(field: ConfigField, value: Json): string {
  if (value === null) return "null: remove it to use the default";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return value === "" ? "empty" : `text${withPoint(field, value)}`;
  return field.sensitive ? "something else" : String(value);
}

/** A decimal comma is a habit of half the world. */
function withPoint({ type, sensitive }: ConfigField, text: string): string {
  if (type !== "float" || sensitive || !/^-?\d{1,30},\d{1,30}$/.test(text)) return "";
  return `: write ${text.replace(",", ".")} with a point`;
}
