import type { AuditChange } from "@/lib/contract/activity.ts";
import { VersionConflict } from "@/lib/contract/config-revision.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { Json } from "@/lib/contract/manifest.ts";
import { isSameJson } from "@/lib/core/json-object.ts";
import { draftOrigin, withoutForeignSecrets } from "../draft-origin.ts";
import { differingNames, overlay, rebase } from "./form-merge.ts";
import { changedNames, ownValue, toKey, toValue, type FormValues } from "../form-values.ts";

/** Somebody else saved while this form was being edited. */
export interface Conflict {
  savedBy: string | null;
  savedAt: string | null;
  /** What they changed. */
  theirs: AuditChange[];
  /** Names changed on both sides, to different ends: somebody has to choose. */
  contested: string[];
  /** The form as it was when the two met. */
  mine: FormValues;
  /** What is saved by now. */
  config: PluginConfig;
  /** From where to where the plugin moved meanwhile; null when it stayed. */
  moved: VersionConflict["moved"];
  /** Secrets that had been typed for where it was, and were taken out of the form. */
  dropped: string[];
}

/**
 * A form meets a newer configuration: its edits on top of that, and what the two sides disagree about. Secrets that were typed for
 * another address than the form leads to by then are taken out.
 */
export function meet(
  config: PluginConfig,
  mine: FormValues,
  error: ErrorInfo,
): { values: FormValues; conflict: Conflict } {
  const rebased = rebase(config, mine);
  const { values, dropped } = withoutForeignSecrets(config, draftOrigin(config, mine), rebased);
  const left = dropped.length === 0 ? mine : { ...mine, secrets: values.secrets };
  return { values, conflict: toConflict(config, left, error, dropped) };
}

function toConflict(config: PluginConfig, mine: FormValues, error: ErrorInfo, dropped: string[]): Conflict {
  const told = VersionConflict.safeParse(error.details);
  const details = told.success ? told.data : null;
  const theirs = details?.changes ?? compare(mine.base.values, config.values);
  const edited = new Set(changedNames(config.schema, mine));
  return {
    savedBy: details?.savedBy ?? null,
    savedAt: details?.savedAt ?? null,
    theirs,
    contested: theirs
      .map(({ field }) => field)
      .filter((name) => edited.has(name) && !isAgreed(config, mine, name)),
    ...{ mine, config, dropped },
    moved: details?.moved ?? null,
  };
}

function compare(before: FormValues["base"]["values"], after: PluginConfig["values"]): AuditChange[] {
  return differingNames(before, after).map((field): AuditChange => {
    const [from, to] = [ownValue(before, field), ownValue(after, field)];
    return {
      field,
      ...(from === undefined ? {} : { before: from }),
      ...(to === undefined ? {} : { after: to }),
    };
  });
}

/** Both sides chose the same value. Of secrets nobody can tell. */
function isAgreed({ schema, values }: PluginConfig, mine: FormValues, name: string): boolean {
  const field = schema.find((one) => one.name === name);
  return !field?.sensitive && isSameJson(toMine(schema, mine, name), ownValue(values, name));
}

/** My value of a field; text that is not JSON yet stays text. */
export function toMine(schema: PluginConfig["schema"], mine: FormValues, name: string): Json | undefined {
  const field = schema.find((one) => one.name === name);
  if (!field) return ownValue(mine.extras, name);
  try {
    return toValue(field, mine);
  } catch {
    const draft = mine.fields[toKey(name)];
    return typeof draft === "string" ? draft : undefined;
  }
}

/**
 * The form with one side's word on one contested field; everything else stays as it is in `current`, but for secrets that were typed
 * for another address when the word is about that.
 */
export function decide(
  conflict: Conflict,
  current: FormValues,
  name: string,
  side: "mine" | "theirs",
): { values: FormValues; conflict: Conflict } {
  const { config, mine } = conflict;
  const others = changedNames(config.schema, current).filter((one) => one !== name);
  const decided =
    side === "theirs"
      ? overlay(config, current, others)
      : overlay(config, overlayOne(config, current, mine, name), [...others, name]);
  const { values, dropped } = withoutForeignSecrets(config, draftOrigin(config, current), decided);
  return { values, conflict: { ...conflict, dropped: [...new Set([...conflict.dropped, ...dropped])] } };
}

function overlayOne(
  { schema }: PluginConfig,
  current: FormValues,
  mine: FormValues,
  name: string,
): FormValues {
  const key = toKey(name);
  const field = schema.find((one) => one.name === name);
  if (!field) {
    const kept = Object.entries(current.extras).filter(([one]) => one !== name);
    const value = ownValue(mine.extras, name);
    return { ...current, extras: Object.fromEntries(value === undefined ? kept : [...kept, [name, value]]) };
  }
  const secret = mine.secrets[key];
  if (field.sensitive)
    return secret ? { ...current, secrets: { ...current.secrets, [key]: secret } } : current;
  return { ...current, fields: { ...current.fields, [key]: mine.fields[key] ?? null } };
}
