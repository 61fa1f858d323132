import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import { isExact, parseExactJson } from "@/lib/core/exact-json.ts";
import { toChoiceCode, toFieldKind } from "./field-kind.ts";

/**
 * A value its widget cannot hold without changing it: a number where the schema wants text, a list where it wants a number. Kept as
 * JSON text until somebody types over it.
 */
export interface ForeignDraft {
  json: string;
}

/** What a widget holds: typed text, an encoded choice, on/off, a value of a foreign type, or null for "not set, the default applies". */
export type FieldDraft = string | boolean | null | ForeignDraft;

/** A value as its widget shows it. `parseDraft` makes exactly that value of it again. */
export function toDraft(field: ConfigField, value: Json | undefined): FieldDraft {
  if (value === undefined) return null;
  const draft = toOwnDraft(field, value);
  const json = JSON.stringify(value);
  return draft !== null && JSON.stringify(parseDraft(field, draft)) === json ? draft : { json };
}

function toOwnDraft(field: ConfigField, value: Json): string | boolean | null {
  switch (toFieldKind(field)) {
    case "switch":
    case "onOff":
      return typeof value === "boolean" ? value : null;
    case "radio":
    case "select":
    case "search":
      return toChoiceCode(field, value);
    case "json":
      return JSON.stringify(value, null, 2);
    case "number":
      return typeof value === "number" || typeof value === "string" ? String(value) : null;
    case "text":
    case "multiline":
      return typeof value === "string" ? value : null;
  }
}

/** Typed text as a draft: an emptied field means "not set", except where a default would then come back unasked. */
export function typedDraft(field: ConfigField, text: string): FieldDraft {
  const keepsEmpty = field.type === "string" && field.default !== undefined && field.default !== "";
  return text === "" && !keepsEmpty ? null : text;
}

export function isForeign(draft: FieldDraft): draft is ForeignDraft {
  return draft !== null && typeof draft === "object";
}

export function isSameDraft(a: FieldDraft, b: FieldDraft): boolean {
  return isForeign(a) && isForeign(b) ? a.json === b.json : a === b;
}

/** A draft as the text of an input: what was typed, or the foreign value as JSON. */
export function toInputText(draft: FieldDraft): string {
  if (isForeign(draft)) return draft.json;
  return typeof draft === "string" ? draft : "";
}

/** What a draft stands for. Text that is no number stays text, for `validateConfig` to say so; broken JSON throws SyntaxError. */
export function parseDraft(field: ConfigField, draft: FieldDraft): Json | undefined {
  if (draft === null) return undefined;
  if (typeof draft === "boolean") return draft;
  if (isForeign(draft)) return JSON.parse(draft.json) as Json;
  switch (toFieldKind(field)) {
    case "number":
      return parseNumber(field.type, draft);
    case "radio":
    case "select":
    case "search":
    case "json":
      return parseExactJson(draft);
    default:
      return draft;
  }
}

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseNumber(type: string, draft: string): Json {
  const text = draft.trim();
  const number = Number(text);
  if (type === "int") return WHOLE.test(text) && Number.isSafeInteger(number) ? number : text;
  return DECIMAL.test(text) && isExact(toJsonNumber(text)) ? number : text;
}

/** ".5", "5." and "+5" as JSON would spell them. */
function toJsonNumber(text: string): string {
  return text
    .replace(/^\+/, "")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.(?=e|$)/i, "");
}
