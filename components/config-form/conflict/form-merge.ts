import { SecretReference, type PluginConfig } from "@/lib/contract/config.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { isSameJson } from "@/lib/core/json-object.ts";
import {
  changedNames,
  isChanged,
  KEPT,
  orphanNames,
  ownValue,
  pick,
  toFormValues,
  toKey,
  type FormValues,
  type OpaqueValues,
  type SecretDraft,
} from "../form-values.ts";

/** Brings the edits of a form onto a newer configuration: what was edited here stays, all else follows the server. */
export function rebase(config: PluginConfig, values: FormValues): FormValues {
  return overlay(config, values, changedNames(config.schema, values));
}

/** A fresh form of `config` with some fields as they are in `values`. */
export function overlay(config: PluginConfig, values: FormValues, names: readonly string[]): FormValues {
  const fresh = toFormValues(config);
  const kept = config.schema.filter(({ name }) => names.includes(name));
  const keys = (sensitive: boolean) =>
    kept.filter((field) => field.sensitive === sensitive).map(({ name }) => toKey(name));
  const known = new Set(config.schema.map(({ name }) => name));
  const extras = new Map(Object.entries(fresh.extras));
  for (const name of names.filter((one) => !known.has(one))) {
    const value = ownValue(values.extras, name);
    if (value === undefined) extras.delete(name);
    else extras.set(name, value);
  }
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
    extras: Object.fromEntries(extras),
  };
}

/** The form after a save: what was saved, and on top of it what was typed while the save was under way. */
export function carryOver(saved: PluginConfig, sent: FormValues, current: FormValues): FormValues {
  const isLater = (before: unknown, now: unknown) => JSON.stringify(before) !== JSON.stringify(now);
  const later = (field: ConfigField) => {
    const key = toKey(field.name);
    return field.sensitive
      ? isLater(sent.secrets[key], current.secrets[key])
      : isLater(sent.fields[key], current.fields[key]);
  };
  const extras = differingNames(sent.extras, current.extras);
  return overlay(saved, current, [...saved.schema.filter(later).map(({ name }) => name), ...extras]);
}

/** Names of fields whose stored value differs between two versions: what somebody else changed. */
export function differingNames(before: OpaqueValues, after: OpaqueValues): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isSameJson(ownValue(before, name), ownValue(after, name)));
}

/** A draft fitted to the schema of today, still standing on the values it was made upon. */
export function refit(config: PluginConfig, values: FormValues): FormValues {
  const base = pick(values.base.values, Object.keys(values.base.values));
  const { version, origin } = values.base;
  const then = { ...config, version, origin, values: base as PluginConfig["values"] };
  // A value that lost its field meanwhile is a value without a field, not a removed one.
  const extras = { ...pick(base, orphanNames(config.schema, base)), ...values.extras };
  const dropped = orphanNames(config.schema, base).filter(
    (name) => !Object.hasOwn(values.extras, name) && !Object.hasOwn(values.fields, toKey(name)),
  );
  const open = Object.entries(extras).filter(
    ([name]) => !dropped.includes(name) && !config.schema.some((field) => field.name === name),
  );
  return rebase(then, { ...values, extras: Object.fromEntries(open) });
}

/** A form without its secrets, safe to keep in the browser's storage, and the names of those typed and left out. */
export interface StoredDraft {
  values: FormValues;
  retype: string[];
}

export function toStoredDraft(schema: readonly ConfigField[], values: FormValues): StoredDraft {
  const secrets = Object.entries(values.secrets).map(([key, secret]) => [key, toStoredSecret(secret)]);
  const stored = { ...values, secrets: Object.fromEntries(secrets) as FormValues["secrets"] };
  const retype = schema.filter(
    (field) => field.sensitive && isChanged(field, values) && !isChanged(field, stored),
  );
  return { values: stored, retype: retype.map(({ name }) => name) };
}

/** Only what is certainly no secret: a reference that reads as one, or the wish to clear. */
function toStoredSecret(secret: SecretDraft): SecretDraft {
  const isHarmless = secret.action === "reference" && SecretReference.safeParse(secret.text.trim()).success;
  return isHarmless ? secret : { ...secret, text: "" };
}
