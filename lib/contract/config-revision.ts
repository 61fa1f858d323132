import { z } from "zod";
import { AuditChange } from "./activity.ts";
import { BaseVersion, PluginConfigSaved, RevisionNote, SecretWrites } from "./config.ts";
import { ConfigValues } from "./plugin.ts";

/** A secret as part of a revision: which one it was, never what it was. */
export const RevisionSecret = z.object({
  /** The reference it was then (`env:NAME`); null for text in our own box. */
  reference: z.string().nullable(),
  /** Scheme, host and port it was entered for; absent in revisions that are older than this note. */
  origin: z.string().nullish(),
  /** The revision in which it was entered. */
  since: z.number().int().positive(),
  /** True when it is still the one in use. Text that was changed or cleared since is gone; a reference can be restored. */
  current: z.boolean(),
});
export type RevisionSecret = z.infer<typeof RevisionSecret>;

/** One save, whole. */
export const ConfigRevision = z.object({
  /** The version the save made. */
  revision: z.number().int().positive(),
  savedAt: z.iso.datetime(),
  savedBy: z.string(),
  /**
   * `adopted`: a new description of the plugin was taken over, which moved values into the secret box · `moved`: the plugin is at
   * another scheme, host or port now, which forgot the secrets of the old one; `endpoint` among the changes says from where to where.
   */
  kind: z.enum(["saved", "restored", "adopted", "moved"]),
  /** For `restored`: the revision it was taken from. */
  restoredFrom: z.number().int().positive().nullable(),
  note: z.string().nullable(),
  /** What was different from the revision before it. */
  changes: z.array(AuditChange),
  values: ConfigValues,
  /** Scheme, host and port the plugin went to then, null for nowhere; absent in revisions that are older than this note. */
  origin: z.string().nullable().optional(),
  /** The secrets that were set then. */
  secrets: z.record(z.string(), RevisionSecret),
});
export type ConfigRevision = z.infer<typeof ConfigRevision>;

/** Older revisions are forgotten; the audit trail goes on saying what they changed. */
export const REVISIONS_KEPT = 100;

/** Characters of all revisions of a plugin together. Beyond that the oldest are forgotten too, the newest two never. */
export const REVISIONS_LENGTH_KEPT = 4_194_304;

/** `GET /api/plugins/:id/config/revisions`, newest first; the first is what is in force. */
export const ConfigRevisionList = z.object({ revisions: z.array(ConfigRevision) });
export type ConfigRevisionList = z.infer<typeof ConfigRevisionList>;

/**
 * `POST /api/plugins/:id/config/restore`. Makes a new revision with the values of an old one. `secrets` enters what is gone
 * in the same step.
 */
export const ConfigRestore = z.object({
  version: BaseVersion,
  revision: z.number().int().positive(),
  secrets: SecretWrites,
  note: RevisionNote.optional(),
});
export type ConfigRestore = z.infer<typeof ConfigRestore>;

/** What a restore answers. */
export const ConfigRestored = PluginConfigSaved.extend({
  /**
   * Secrets of the old revision that are gone. With `configured` a newer one stays in use in its place, without it there is none
   * now.
   */
  reenter: z.array(z.object({ name: z.string(), configured: z.boolean() })),
});
export type ConfigRestored = z.infer<typeof ConfigRestored>;

/** `details` of the error `version_conflict`: what somebody else saved since the version that was sent. */
export const VersionConflict = z.object({
  version: z.number().int(),
  savedBy: z.string().nullable(),
  savedAt: z.iso.datetime().nullable(),
  /** Set when the plugin goes elsewhere since: a secret that was entered upon the version that was sent belongs to `from`. */
  moved: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  /** From the version that was sent to the one in force; null when that version is no longer remembered. */
  changes: z.array(AuditChange).nullable(),
});
export type VersionConflict = z.infer<typeof VersionConflict>;
