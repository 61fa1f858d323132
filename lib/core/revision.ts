import type { AuditChange } from "../contract/activity.ts";
import type { SecretWrite } from "../contract/config.ts";
import type { ConfigRevision } from "../contract/config-revision.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import { diffConfig } from "./config.ts";

/** What a save says about itself; the store adds the rest of the revision. */
export type RevisionInput = Pick<ConfigRevision, "kind" | "restoredFrom" | "note" | "changes">;

/** What a write changes: values before → after, secrets by a word. */
export function toConfigChanges(
  before: ConfigValues,
  after: ConfigValues,
  secrets: Readonly<Record<string, SecretWrite>>,
  configured: ReadonlySet<string>,
): AuditChange[] {
  const words = Object.entries(secrets).flatMap(([field, write]): AuditChange[] => {
    if (!("clear" in write)) return [{ field, secret: configured.has(field) ? "changed" : "set" }];
    return configured.has(field) ? [{ field, secret: "cleared" }] : [];
  });
  // A value that moves into the secret box is shown by the word alone.
  const shown = new Set(words.map(({ field }) => field));
  return [...diffConfig(before, after).filter(({ field }) => !shown.has(field)), ...words];
}

/** What lies between two revisions, for somebody who only knows the older one. */
export function diffRevisions(
  before: Pick<ConfigRevision, "values" | "secrets">,
  after: Pick<ConfigRevision, "values" | "secrets">,
): AuditChange[] {
  const names = [...new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])].sort();
  const words = names.flatMap((field): AuditChange[] => {
    const [from, to] = [before.secrets[field]?.since, after.secrets[field]?.since];
    if (from === to) return [];
    return [{ field, secret: from === undefined ? "set" : to === undefined ? "cleared" : "changed" }];
  });
  return [...diffConfig(before.values, after.values), ...words];
}

/** What an old revision needs besides its values: references that lead back, and secrets nobody remembers. */
export interface SecretsOfRevision {
  /** References that were in use then and are not now: they can be written again. */
  references: Record<string, { reference: string }>;
  /** Text that was changed or cleared since. */
  gone: string[];
}

/**
 * @param asked names of the sensitive fields of today's schema
 * @param origin where the plugin goes with the values of the revision: a reference that was entered for another place is gone
 */
export function toRestorable(
  { secrets }: Pick<ConfigRevision, "secrets">,
  asked: ReadonlySet<string>,
  origin: string | null,
): SecretsOfRevision {
  const lost = Object.entries(secrets).filter(([name, { current }]) => !current && asked.has(name));
  const references = lost.flatMap(([name, { reference, origin: own }]) =>
    reference === null || own !== origin ? [] : [[name, { reference }] as const],
  );
  const found = new Set(references.map(([name]) => name));
  return {
    references: Object.fromEntries(references),
    gone: lost.map(([name]) => name).filter((name) => !found.has(name)),
  };
}
