import type { PluginConfig, PluginConfigWrite, SecretWrite } from "@/lib/contract/config.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";
import { parseDraft, toDraft, type FieldDraft } from "./field-draft.ts";

/** What is to happen to one secret. The text never leaves the form's memory but in the save itself. */
export interface SecretDraft {
  action: "keep" | "replace" | "clear";
  text: string;
}

/** `ConfigValues` for the form library, whose path types would never end on recursive JSON. Written from and read as JSON only. */
export type OpaqueValues = Record<string, unknown>;

/** The whole form. Records are keyed by `toKey(name)`: names of fields may hold dots and brackets. */
export interface FormValues {
  /** What the edits were made upon; a newer one on the server is a conflict. */
  base: { version: number; values: OpaqueValues };
  fields: Record<string, FieldDraft>;
  secrets: Record<string, SecretDraft>;
  /** Names of stored values that the schema no longer has and that the next save drops. */
  dropped: string[];
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
    base: { version: config.version, values: config.values },
    fields: Object.fromEntries(
      open.map((field) => [toKey(field.name), toDraft(field, ownValue(config.values, field.name))]),
    ),
    secrets: Object.fromEntries(sensitive.map((field) => [toKey(field.name), KEPT])),
    dropped: [],
  };
}

/** One stored value by name, undefined when it is not set. */
export function ownValue(values: OpaqueValues, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? (values[name] as Json) : undefined;
}

/** True when a field's draft differs from what is stored. */
export function isChanged(field: ConfigField, values: FormValues): boolean {
  if (field.sensitive) {
    const secret = values.secrets[toKey(field.name)] ?? KEPT;
    return secret.action === "clear" || (secret.action === "replace" && secret.text !== "");
  }
  return readDraft(field, values) !== toDraft(field, ownValue(values.base.values, field.name));
}

function readDraft(field: ConfigField, values: FormValues): FieldDraft {
  return values.fields[toKey(field.name)] ?? null;
}

/** Names of everything a save would change, in the order of the schema. */
export function changedNames(schema: ConfigField[], values: FormValues): string[] {
  return [
    ...schema.filter((field) => isChanged(field, values)).map((field) => field.name),
    ...values.dropped,
  ];
}

/** Stored values the schema no longer knows. They are kept until somebody drops them. */
export function orphanNames(schema: ConfigField[], values: OpaqueValues): string[] {
  const known = new Set(schema.map((field) => field.name));
  return Object.keys(values).filter((name) => !known.has(name));
}

/** The explicit values of the form. Untouched ones are passed on as they came, byte for byte. Throws SyntaxError on broken JSON. */
function toConfigValues(schema: ConfigField[], values: FormValues): ConfigValues {
  const kept = orphanNames(schema, values.base.values).filter((name) => !values.dropped.includes(name));
  const entries: Array<[string, Json | undefined]> = [
    ...kept.map((name): [string, Json | undefined] => [name, ownValue(values.base.values, name)]),
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

/** What a save sends. */
export function toConfigWrite(schema: ConfigField[], values: FormValues): PluginConfigWrite {
  const changed = schema.filter((field) => field.sensitive && isChanged(field, values));
  const secrets = changed.map((field): [string, SecretWrite] => {
    const { action, text } = values.secrets[toKey(field.name)] ?? KEPT;
    return [field.name, action === "clear" ? { clear: true } : { set: text }];
  });
  return {
    version: values.base.version,
    values: toConfigValues(schema, values),
    secrets: Object.fromEntries(secrets),
  };
}
