import type { PluginConfig } from "@/lib/contract/config.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import {
  isChanged,
  KEPT,
  orphanNames,
  ownValue,
  toFormValues,
  toKey,
  type FormValues,
  type OpaqueValues,
} from "./form-values.ts";

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

/** The form after a save: what was saved, and on top of it what was typed while the save was under way. */
export function carryOver(saved: PluginConfig, sent: FormValues, current: FormValues): FormValues {
  const fresh = toFormValues(saved);
  const isLater = (before: unknown, now: unknown) => JSON.stringify(before) !== JSON.stringify(now);
  const later = <T>(before: Record<string, T>, now: Record<string, T>) =>
    Object.fromEntries(Object.entries(now).filter(([key, value]) => isLater(before[key], value)));
  return {
    ...fresh,
    fields: { ...fresh.fields, ...later(sent.fields, current.fields) },
    secrets: { ...fresh.secrets, ...later(sent.secrets, current.secrets) },
    dropped: current.dropped.filter((name) => !sent.dropped.includes(name)),
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
