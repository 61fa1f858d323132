import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import { toChoiceCode, toFieldKind } from "./field-kind.ts";

/** What a widget holds: typed text, an encoded choice, on/off, or null for "not set, the default applies". */
export type FieldDraft = string | boolean | null;

/** A stored value as its widget shows it. */
export function toDraft(field: ConfigField, value: Json | undefined): FieldDraft {
  if (value === undefined) return null;
  switch (toFieldKind(field)) {
    case "switch":
    case "onOff":
      return value === true;
    case "radio":
    case "select":
    case "search":
      return toChoiceCode(field, value);
    case "json":
      return JSON.stringify(value, null, 2);
    case "text":
    case "multiline":
    case "number":
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

/** Typed text as a draft: an emptied field means "not set", except where a default would then come back unasked. */
export function typedDraft(field: ConfigField, text: string): FieldDraft {
  const keepsEmpty = field.type === "string" && field.default !== undefined && field.default !== "";
  return text === "" && !keepsEmpty ? null : text;
}

/** What a draft stands for. Text that is no number stays text, for `validateConfig` to say so; broken JSON throws SyntaxError. */
export function parseDraft(field: ConfigField, draft: FieldDraft): Json | undefined {
  if (draft === null) return undefined;
  if (typeof draft === "boolean") return draft;
  switch (toFieldKind(field)) {
    case "number":
      return parseNumber(field.type, draft);
    case "radio":
    case "select":
    case "search":
    case "json":
      return JSON.parse(draft) as Json;
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
  return DECIMAL.test(text) && Number.isFinite(number) ? number : text;
}
