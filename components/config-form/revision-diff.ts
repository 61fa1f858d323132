import type { AuditChange } from "@/lib/contract/activity.ts";
import type { ConfigRevision, RevisionSecret } from "@/lib/contract/config-revision.ts";
import { diffConfig } from "@/lib/core/config.ts";

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

/** Secrets of an old revision that restoring cannot bring back: their text is gone. */
export function goneSecrets({ secrets }: ConfigRevision): string[] {
  return Object.entries(secrets)
    .filter(([, { current, reference }]) => !current && reference === null)
    .map(([name]) => name);
}

function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
