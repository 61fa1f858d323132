import type { ConfigField } from "@/lib/contract/manifest.ts";
import { describePattern } from "@/lib/core/pattern-words.ts";
import { toNameHint } from "./name-hint.ts";

const NOUNS: Record<string, string> = { int: "Whole number", float: "Number" };

/** The rule of a field in one line, said before anything is typed: "Whole number, 1 to 300". Null when everything goes. */
export function describeRule(field: ConfigField): string | null {
  if (field.validation?.enum?.length || field.type === "bool") return null;
  const { min, max, min_length, max_length, pattern } = field.validation ?? {};
  const noun = NOUNS[field.type];
  const parts = [
    noun ? joinRange(noun, min, max) : null,
    field.type === "string" ? describeLength(min_length, max_length) : null,
    noun || field.type === "string" ? null : `JSON of the plugin's own type “${field.type}”`,
    pattern ? toFormat(pattern) : null,
    toNameHint(field)?.text ?? null,
  ];
  return parts.filter((part) => part !== null).join(" · ") || null;
}

function toFormat(pattern: string): string | null {
  const words = describePattern(pattern);
  return words && words.charAt(0).toUpperCase() + words.slice(1);
}

function joinRange(noun: string, min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `${noun}, ${min} to ${max}`;
  if (min !== undefined) return `${noun}, ${min} or more`;
  return max === undefined ? noun : `${noun}, at most ${max}`;
}

function describeLength(min: number | undefined, max: number | undefined): string | null {
  if (min !== undefined && max !== undefined) {
    return min === max ? `Exactly ${count(min)}` : `${min} to ${count(max)}`;
  }
  if (min !== undefined) return min > 0 ? `At least ${count(min)}` : null;
  return max === undefined ? null : `At most ${count(max)}`;
}

function count(characters: number): string {
  return characters === 1 ? "1 character" : `${characters} characters`;
}
