import type { PluginConfig, PluginConfigWrite, SecretWrite } from "@/lib/contract/config.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";
import { isSameJson } from "@/lib/core/json-object.ts";
import { isSameDraft, parseDraft, toDraft, type FieldDraft } from "./fields/field-draft.ts";

/** What is to happen to one secret. The text never leaves the form's memory but in the save or the test itself. */
export interface SecretDraft {
  /** `replace` enters text for our own box, `reference` names a variable or file. */
  action: "keep" | "replace" | "reference" | "clear";
  text: string;
}

/** `ConfigValues` for the form library, whose path types would never end on recursive JSON. Written from and read as JSON only. */
export type OpaqueValues = Record<string, unknown>;

/** The whole form. Records are keyed by `toKey(name)`: names of fields may hold dots and brackets. */
export interface FormValues {
  /** What the edits were made upon, and where that went; a newer one on the server is a conflict. */
  base: { version: number; values: OpaqueValues; origin: string | null };
  fields: Record<string, FieldDraft>;
  secrets: Record<string, SecretDraft>;
  /** Explicit values under names that the schema does not have: kept as they are until somebody removes them. */
  extras: OpaqueValues;
}

/** A path segment that the form library reads as one: no dots, brackets or quotes. */
export function toKey(name: string): string {
  return `k${encodeURIComponent(name).replaceAll(".", "%2E").replaceAll("'", "%27")}`;
}

export const KEPT: SecretDraft = { action: "keep", text: "" };

export function toFormValues(config: PluginConfig): FormValues {
  const open = config.schema.filter((field) => !field.sensitive);
  const sensitive = config.schema.filter((field) => field.sensitive);
  return {
    base: { version: config.version, values: config.values, origin: config.origin },
    fields: Object.fromEntries(
      open.map((field) => [toKey(field.name), toDraft(field, ownValue(config.values, field.name))]),
    ),
    secrets: Object.fromEntries(sensitive.map((field) => [toKey(field.name), KEPT])),
    extras: pick(config.values, orphanNames(config.schema, config.values)),
  };
}

/** One stored value by name, undefined when it is not set. */
export function ownValue(values: OpaqueValues, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? (values[name] as Json) : undefined;
}

/** Some of the values, by name. */
export function pick(values: OpaqueValues, names: readonly string[]): OpaqueValues {
  return Object.fromEntries(names.map((name) => [name, ownValue(values, name) ?? null]));
}

/** True when a field's draft differs from what is stored. */
export function isChanged(field: ConfigField, values: FormValues): boolean {
  if (field.sensitive) return isSecretChanged(values.secrets[toKey(field.name)] ?? KEPT);
  return !isSameDraft(readDraft(field, values), toDraft(field, ownValue(values.base.values, field.name)));
}

export function isSecretChanged({ action, text }: SecretDraft): boolean {
  return action === "clear" || (action !== "keep" && text !== "");
}

function readDraft(field: ConfigField, values: FormValues): FieldDraft {
  return values.fields[toKey(field.name)] ?? null;
}

/** Names of everything a save would change: fields in the order of the schema, then values without a field. */
export function changedNames(schema: readonly ConfigField[], values: FormValues): string[] {
  const fields = schema.filter((field) => isChanged(field, values)).map((field) => field.name);
  return [...fields, ...changedExtras(schema, values)];
}

function changedExtras(schema: readonly ConfigField[], { base, extras }: FormValues): string[] {
  const names = new Set([...orphanNames(schema, base.values), ...Object.keys(extras)]);
  return [...names].filter((name) => !isSameJson(ownValue(base.values, name), ownValue(extras, name)));
}

/** Explicit values the schema does not know. They are kept until somebody drops them. */
export function orphanNames(schema: readonly ConfigField[], values: OpaqueValues): string[] {
  const known = new Set(schema.map((field) => field.name));
  return Object.keys(values).filter((name) => !known.has(name));
}

/** The explicit values of the form. Untouched ones are passed on as they came, byte for byte. Throws SyntaxError on broken JSON. */
export function toConfigValues(schema: readonly ConfigField[], values: FormValues): ConfigValues {
  const entries: Array<[string, Json | undefined]> = [
    ...Object.keys(values.extras).map((name): [string, Json | undefined] => [
      name,
      ownValue(values.extras, name),
    ]),
    ...schema
      .filter((field) => !field.sensitive)
      .map((field): [string, Json | undefined] => [field.name, toValue(field, values)]),
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** One field's explicit value, undefined when it is not set. Throws SyntaxError on broken JSON. */
export function toValue(field: ConfigField, values: FormValues): Json | undefined {
  if (!isChanged(field, values)) return ownValue(values.base.values, field.name);
  return parseDraft(field, readDraft(field, values));
}

/** What a save or a test sends. */
export function toConfigWrite(schema: readonly ConfigField[], values: FormValues): PluginConfigWrite {
  const changed = schema.filter((field) => field.sensitive && isChanged(field, values));
  const secrets = changed.map((field): [string, SecretWrite] => [
    field.name,
    toSecretWrite(values.secrets[toKey(field.name)] ?? KEPT),
  ]);
  return {
    version: values.base.version,
    values: toConfigValues(schema, values),
    secrets: Object.fromEntries(secrets),
  };
}

function toSecretWrite({ action, text }: SecretDraft): SecretWrite {
  if (action === "clear") return { clear: true };
  return action === "reference" ? { reference: text.trim() } : { set: text };
}
