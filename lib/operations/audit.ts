import type { AuditAction, AuditChange, AuditEntry } from "../contract/activity.ts";
import type { Json } from "../contract/manifest.ts";
import { toBriefChanges } from "../core/brief-changes.ts";
import { nowIso, type Context } from "./context.ts";
import type { Actor } from "./actor.ts";

/** What happened, to what. `changes` never hold a secret's value. */
export interface AuditEvent {
  action: AuditAction;
  target?: { id: string | null; name: string };
  changes?: AuditChange[];
}

/** The row for the audit trail; append it in the transaction that makes the change. */
export function toAuditEntry(context: Context, actor: Actor, event: AuditEvent): Omit<AuditEntry, "id"> {
  return {
    at: nowIso(context.clock),
    actorId: actor.id,
    actorName: actor.name,
    action: event.action,
    targetId: event.target?.id ?? null,
    targetName: event.target?.name ?? null,
    changes: toBriefChanges(event.changes ?? []),
    requestId: actor.requestId,
  };
}

/** The fields among `names` whose value differs, before → after; absent counts as null. */
export function toChanges<T extends object>(
  before: T,
  after: T,
  names: ReadonlyArray<keyof T & string>,
): AuditChange[] {
  return names.flatMap((field) => {
    const [old, now] = [(before[field] ?? null) as Json, (after[field] ?? null) as Json];
    return JSON.stringify(old) === JSON.stringify(now) ? [] : [{ field, before: old, after: now }];
  });
}
