import { RE2JS } from "re2js";
import type { ConfigField, Json, KnownFieldType } from "../contract/manifest.ts";

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
 * the wrong type is told only that. Unknown types have no rules but `enum`.
 */
export function checkRules(field: ConfigField, value: Json): BrokenRule[] {
  const known = Object.hasOwn(TYPES, field.type) ? TYPES[field.type as KnownFieldType] : null;
  if (known && !known.is(value)) {
    return [{ code: "type", message: `Must be ${known.name}; this is ${describe(field, value)}` }];
  }
  return [
    ...checkEnum(field, value),
    ...checkLength(field, value),
    ...checkRange(field, value),
    ...checkPattern(field, value),
  ];
}

/** Why a pattern checks nothing, or null when RE2 accepts it. Look-around and back-references are what people trip over. */
export function patternProblem(pattern: string): string | null {
  const compiled = compile(pattern);
  return compiled instanceof RE2JS ? null : compiled.problem;
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
  const compiled = compile(pattern);
  if (!(compiled instanceof RE2JS) || compiled.test(value)) return [];
  return [{ code: "pattern", message: `Must match the pattern ${pattern}` }];
}

/** The patterns compiled last. A pattern is checked when it is declared and again with every value, often in one go. */
const COMPILED = new Map<string, RE2JS>();
const MAX_COMPILED = 100;
/** UTF-16 units. Longer ones are rare, and their programs are large. */
const MAX_KEPT_PATTERN = 200;

function compile(pattern: string): RE2JS | { problem: string } {
  const known = COMPILED.get(pattern);
  if (known) return known;
  try {
    const compiled = RE2JS.compile(pattern);
    if (pattern.length <= MAX_KEPT_PATTERN) keep(pattern, compiled);
    return compiled;
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function keep(pattern: string, compiled: RE2JS): void {
  COMPILED.set(pattern, compiled);
  const [oldest] = COMPILED.keys();
  if (COMPILED.size > MAX_COMPILED && oldest !== undefined) COMPILED.delete(oldest);
}

/** By value, as YAML and JSON spell it: an enum written 1, 1.0 or "1" means the same choice. */
function isSameValue(member: Json, value: Json): boolean {
  const isScalar = (json: Json) => json !== null && typeof json !== "object";
  if (isScalar(member) && isScalar(value)) return String(member) === String(value);
  return JSON.stringify(member) === JSON.stringify(value);
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
  if (typeof value === "string") return value === "" ? "empty" : "text";
  return field.sensitive ? "something else" : String(value);
}
