import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import { toNameHint } from "./name-hint.ts";

/** How a field is edited. One widget each, see `widgets.tsx`; secrets have a form of their own. */
export type FieldKind =
  "text" | "multiline" | "number" | "switch" | "onOff" | "radio" | "select" | "search" | "json";

/** Up to this many choices are all shown at once (`ux.md`, Configuration form). */
const RADIO_MAX = 4;
/** Above this many, finding one by reading is work: the list gets a search. */
const SELECT_MAX = 12;
/** A text allowed to be longer than this gets several lines. */
const LINE_MAX = 200;

/** Chooses the widget of a field from its schema alone, so that it never changes under the hands. */
export function toFieldKind(field: ConfigField): FieldKind {
  const choices = field.validation?.enum;
  if (choices && choices.length > 0) return toChoiceKind(choices.length);
  if (field.type === "bool") return field.required && field.default === undefined ? "onOff" : "switch";
  if (field.type === "int" || field.type === "float") return "number";
  if (field.type === "string") return isLong(field) ? "multiline" : "text";
  return "json";
}

function toChoiceKind(count: number): FieldKind {
  if (count <= RADIO_MAX) return "radio";
  return count <= SELECT_MAX ? "select" : "search";
}

function isLong(field: ConfigField): boolean {
  const { validation, default: fallback } = field;
  const hint = toNameHint(field)?.kind;
  if (hint === "multiline") return true;
  // An address may be long, and is a line all the same.
  if (hint === "url") return false;
  if ((validation?.max_length ?? 0) > LINE_MAX) return true;
  return typeof fallback === "string" && (fallback.length > LINE_MAX || fallback.includes("\n"));
}

/** A value as people read it: text as it is, the rest as JSON, booleans as on and off. */
export function formatValue(value: Json): string {
  if (typeof value === "boolean") return value ? "On" : "Off";
  if (value === "") return "empty text";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** An enum's value in the field's own type: authors quote numbers in YAML, and the plugin wants what it declared. */
export function toOwnType(field: ConfigField, value: Json): Json {
  if (field.type === "string")
    return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  const isNumeric = field.type === "int" || field.type === "float";
  if (isNumeric && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    return Number(value);
  return value;
}

/** The JSON by which a choice is told from another: 1 and "1" stay apart. */
export function toChoiceCode(field: ConfigField, value: Json): string {
  return JSON.stringify(toOwnType(field, value));
}
