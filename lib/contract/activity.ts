import { z } from "zod";
import { Json } from "./manifest.ts";

/** Verbs of the audit trail. */
export const AuditAction = z.enum([
  "setup.completed",
  "session.signed_in",
  "session.signed_out",
  "session.failed",
  "endpoint.approved",
  "endpoint.revoked",
  "plugin.registered",
  "plugin.changed",
  "plugin.removed",
  "plugin.enabled",
  "plugin.disabled",
  "plugin.restarted",
  "plugin.config_changed",
  "plugin.config_restored",
  "plugin.tested",
  "plugin.drift_accepted",
  "plugin.reloaded",
  "plugin.file_gone",
  "plugin.detached",
  "folder.rescanned",
  "secrets.rotated",
  "process.approved",
  "process.revoked",
  "process.limits_changed",
]);
export type AuditAction = z.infer<typeof AuditAction>;

/** One changed value, before → after. Secrets appear as the word "changed", "set" or "cleared" with both sides null. */
export const AuditChange = z.object({
  field: z.string(),
  before: Json.optional(),
  after: Json.optional(),
  secret: z.enum(["set", "changed", "cleared"]).optional(),
});
export type AuditChange = z.infer<typeof AuditChange>;

export const AuditEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** Null for the system itself (first start). */
  actorId: z.string().nullable(),
  actorName: z.string(),
  action: AuditAction,
  targetId: z.string().nullable(),
  targetName: z.string().nullable(),
  changes: z.array(AuditChange),
  requestId: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** `GET /api/activity?cursor&limit&pluginId`, newest first. */
export const ActivityPage = z.object({ entries: z.array(AuditEntry), nextCursor: z.string().nullable() });
export type ActivityPage = z.infer<typeof ActivityPage>;
