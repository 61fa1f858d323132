import type { AuditChange } from "@/lib/contract/activity.ts";
import type { ConfigRevision, RevisionSecret } from "@/lib/contract/config-revision.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { diffConfig } from "@/lib/core/config.ts";
import { originOfConfig } from "@/lib/core/origin.ts";

/** What is different from one revision to another, in either direction. Of a secret only that it is another one. */
export function diffRevisions(before: ConfigRevision, after: ConfigRevision): AuditChange[] {
  const names = [...new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])].sort();
  const secrets = names.flatMap((field): AuditChange[] => {
    const word = toWord(own(before.secrets, field), own(after.secrets, field));
    return word ? [{ field, secret: word }] : [];
  });
  return [...diffConfig(before.values, after.values), ...secrets];
}

function toWord(
  before: RevisionSecret | undefined,
  after: RevisionSecret | undefined,
): "set" | "changed" | "cleared" | null {
  if (!before) return after ? "set" : null;
  if (!after) return "cleared";
  return before.since === after.since && before.reference === after.reference ? null : "changed";
}

/** Scheme, host and port that a revision leads to when it is restored. */
export function originOfRevision(config: PluginConfig, { values }: ConfigRevision): string | null {
  const { addressField, schema } = config;
  if (addressField === null) return config.origin;
  const fallback = schema.find(({ name }) => name === addressField.name)?.default;
  const value = own(values, addressField.name) ?? fallback;
  return originOfConfig(addressField, value === undefined ? {} : { [addressField.name]: value });
}

/**
 * Secrets that restoring a revision to `origin` cannot bring back: text that is gone, and references that were entered for
 * another place.
 */
export function goneSecrets({ secrets }: ConfigRevision, origin: string | null): string[] {
  return Object.entries(secrets)
    .filter(
      ([, { current, reference, ...secret }]) => !current && (reference === null || secret.origin !== origin),
    )
    .map(([name]) => name);
}

/** Secrets in use that a restored revision would leave behind, with where they belong. */
export function boundSecrets(config: PluginConfig, origin: string | null): string[] {
  if (origin === config.origin) return [];
  return Object.keys(config.secrets).filter((name) => {
    const state = own(config.secrets, name);
    return state?.configured && state.origin !== origin;
  });
}

function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
