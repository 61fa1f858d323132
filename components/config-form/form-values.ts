import type { PluginConfig, PluginConfigWrite, SecretWrite } from "@/lib/contract/config.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";
import { toChoiceCode, toFieldKind } from "./field-kind.ts";

/** What a widget holds: typed text, an encoded choice, on/off, or null for "not set, the default applies". */
export type FieldDraft = string | boolean | null;

/** What is to happen to one secret. The text never leaves the form's memory but in the save itself. */
export interface SecretDraft {
  action: "keep" | "replace" | "clear";
  text: string;
}

/** `ConfigValues` for the form library, whose path types would never end on recursive JSON. Written from and read as JSON only. */
type OpaqueValues = Record<string, unknown>;

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

const KEPT: SecretDraft = { action: "keep", text: "" };

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
export function toConfigValues(schema: ConfigField[], values: FormValues): ConfigValues {
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

/** Brings the edits of a form onto a newer configuration: what was edited here stays, all else follows the server. */
export function rebase(config: PluginConfig, values: FormValues): FormValues {
  const fresh = toFormValues(config);
  const edited = config.schema.filter((field) => isChanged(field, values));
  const keys = (sensitive: boolean) =>
    edited.filter((field) => field.sensitive === sensitive).map(({ name }) => toKey(name));
  return {
    base: fresh.base,
    fields: {
      ...fresh.fields,
      ...Object.fromEntries(keys(false).map((key) => [key, values.fields[key] ?? null])),
    },
    secrets: {
      ...fresh.secrets,
      ...Object.fromEntries(keys(true).map((key) => [key, values.secrets[key] ?? KEPT])),
    },
    dropped: values.dropped.filter((name) => orphanNames(config.schema, config.values).includes(name)),
  };
}

/** Names of fields whose stored value differs between two versions: what somebody else changed. */
export function differingNames(before: OpaqueValues, after: OpaqueValues): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(
    (name) => JSON.stringify(ownValue(before, name)) !== JSON.stringify(ownValue(after, name)),
  );
}

/** A draft fitted to the schema of today, still standing on the values it was made upon. */
export function refit(config: PluginConfig, values: FormValues): FormValues {
  const base = Object.keys(values.base.values).map((name): [string, Json] => [
    name,
    ownValue(values.base.values, name) ?? null,
  ]);
  return rebase({ ...config, version: values.base.version, values: Object.fromEntries(base) }, values);
}

/** A form without its secrets, safe to keep in the browser's storage, and the names of those typed and left out. */
export interface StoredDraft {
  values: FormValues;
  retype: string[];
}

export function toStoredDraft(schema: ConfigField[], values: FormValues): StoredDraft {
  const typed = schema.filter(
    (field) => field.sensitive && values.secrets[toKey(field.name)]?.action === "replace",
  );
  const retype = typed.filter((field) => isChanged(field, values)).map((field) => field.name);
  const blanked = Object.fromEntries(
    Object.entries(values.secrets).map(([key, secret]) => [key, { ...secret, text: "" }]),
  );
  return { values: { ...values, secrets: blanked }, retype };
}
