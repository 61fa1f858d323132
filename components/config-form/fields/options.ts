import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import { formatValue, toChoiceCode } from "./field-kind.ts";
import { isForeign, type FieldDraft } from "./field-draft.ts";

/** One value of an enum. */
export interface Option {
  code: string;
  label: string;
  note?: string;
}

/** Which choice a draft stands for; null when nothing is chosen. */
export function toChosenCode(draft: FieldDraft): string | null {
  if (isForeign(draft)) return draft.json;
  return typeof draft === "string" ? draft : null;
}

/** The choices of a field, and the stored one too when the plugin no longer lists it. */
export function toOptions(field: ConfigField, draft: FieldDraft): Option[] {
  const codes = [...new Set((field.validation?.enum ?? []).map((value) => toChoiceCode(field, value)))];
  const fallback = field.default === undefined ? null : toChoiceCode(field, field.default);
  const listed = codes.map((code): Option => ({
    code,
    label: formatValue(JSON.parse(code) as Json),
    ...(code === fallback ? { note: "default" } : {}),
  }));
  const code = toChosenCode(draft);
  if (code === null || codes.includes(code)) return listed;
  return [{ code, label: formatValue(JSON.parse(code) as Json), note: "no longer offered" }, ...listed];
}
