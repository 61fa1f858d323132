import type { AuditAction } from "@/lib/contract/activity.ts";
import type { Json } from "@/lib/contract/manifest.ts";

/** What was done, as it reads between the actor and the target: "Ann · switched on · ELIZA". */
export const VERBS: Record<AuditAction, string> = {
  "setup.completed": "set up the console",
  "session.signed_in": "signed in",
  "session.signed_out": "signed out",
  "session.failed": "could not sign in",
  "endpoint.approved": "allowed connections to",
  "endpoint.revoked": "no longer allows connections to",
  "plugin.registered": "registered",
  "plugin.changed": "changed",
  "plugin.removed": "removed",
  "plugin.enabled": "switched on",
  "plugin.disabled": "switched off",
  "plugin.restarted": "restarted",
  "plugin.config_changed": "changed the configuration of",
  "plugin.drift_accepted": "accepted the new description of",
  "plugin.config_restored": "restored an earlier configuration of",
  "plugin.tested": "tested a configuration of",
  "plugin.reloaded": "read the changed manifest of",
  "plugin.file_gone": "lost the manifest file of",
  "plugin.detached": "detached from its manifest file",
  "folder.rescanned": "read the watched folders again",
  "secrets.rotated": "sealed the secrets with a new key",
  "process.approved": "approved the command of",
  "process.revoked": "took back the approval of the command of",
  "process.limits_changed": "changed the process limits of",
};

/** The console's own settings, by what its pages call them. */
const FIELDS = new Map([
  ["endpoint", "address"],
  ["healthCheckIntervalSeconds", "seconds between checks"],
  ["executable", "program"],
  ["args", "arguments"],
  ["env", "environment"],
  ["workingDirectory", "folder"],
  ["digest", "SHA-256"],
  ["memoryMb", "memory, MB"],
  ["openFiles", "open files"],
]);
const OF_CONSOLE: ReadonlySet<AuditAction> = new Set<AuditAction>([
  "plugin.registered",
  "plugin.changed",
  "process.approved",
  "process.revoked",
  "process.limits_changed",
]);

/** What a changed field is called. Those of a configuration keep the name that the plugin's author gave them. */
export function nameField(action: AuditAction, field: string): string {
  return (OF_CONSOLE.has(action) ? FIELDS.get(field) : undefined) ?? field;
}

/** What these bring is new, unless it takes the place of something. */
const BRINGING: ReadonlySet<AuditAction> = new Set<AuditAction>([
  "plugin.registered",
  "plugin.tested",
  "process.approved",
]);

/** Whether there is something to say about what a value was before. */
export function hasBefore(action: AuditAction, before: Json | undefined): boolean {
  return !BRINGING.has(action) || (before !== undefined && before !== null);
}

/** Longest value shown in a line; the rest is cut. */
const VALUE_LENGTH = 200;

/** A value as people read it: text bare, "not set" for what was not there, everything else as JSON. */
export function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "not set";
  if (value === "") return "empty";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text;
}
