/** Where the text of a secret lies outside the console. */
export type Reference = { kind: "env"; name: string } | { kind: "file"; path: string };

/** `env:NAME` or `file:/absolute/path`; null for anything else. */
export function parseReference(text: string): Reference | null {
  if (/^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return { kind: "env", name: text.slice("env:".length) };
  if (/^file:\/[^\0]*$/.test(text)) return { kind: "file", path: text.slice("file:".length) };
  return null;
}

/** Variables of this beginning may be referenced without being listed. */
const PREFIX = "LOOM_SECRET_";

/** The console's own secrets share that beginning: no plugin is ever sent one. `KEY…` covers spellings to come. */
const OWN = /^LOOM_SECRET_(KEY(_.*)?|ENV|FILES)$/i;

/**
 * Whether a secret may refer to this environment variable: `LOOM_SECRET_…`, or a name the operator listed in `LOOM_SECRET_ENV`.
 * The console's own settings may never be listed.
 */
export function mayReferTo(name: string, listed: readonly string[]): boolean {
  if (OWN.test(name)) return false;
  return name.startsWith(PREFIX) || (listed.includes(name) && !isOwnSetting(name));
}

/** Whether a variable belongs to the console itself, now or in a version to come. */
function isOwnSetting(name: string): boolean {
  if (OWN.test(name)) return true;
  return /^(LOOM_.*|PORT|NODE_ENV|NODE_OPTIONS)$/i.test(name) && !name.startsWith(PREFIX);
}
