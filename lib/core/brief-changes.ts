import type { AuditChange } from "../contract/activity.ts";
import type { Json } from "../contract/manifest.ts";

/** Changes of one audit event that are listed one by one. */
const MAX_CHANGES = 200;
/** Longest value that is stored whole, as characters of its JSON. */
const MAX_VALUE_LENGTH = 4_000;
/** Of a longer one, this much. */
const VALUE_BEGINNING = 200;

/**
 * Changes as the audit trail lists them: who changed what, for ever. Long values stand there by their beginning and their length, since
 * the whole of them is in the revision; of more than 200 changes the rest is a number.
 */
export function toBriefChanges(changes: readonly AuditChange[]): AuditChange[] {
  const listed = changes.slice(0, MAX_CHANGES).map(toBrief);
  const rest = changes.length - listed.length;
  return rest === 0 ? listed : [...listed, { field: `${rest.toLocaleString("en")} more` }];
}

function toBrief({ before, after, ...change }: AuditChange): AuditChange {
  return {
    ...change,
    ...(before === undefined ? {} : { before: shorten(before) }),
    ...(after === undefined ? {} : { after: shorten(after) }),
  };
}

function shorten(value: Json): Json {
  const text = JSON.stringify(value);
  if (text.length <= MAX_VALUE_LENGTH) return value;
  const beginning = (typeof value === "string" ? value : text).slice(0, VALUE_BEGINNING);
  // Half a character at the end is none.
  return `${beginning.replace(/[\uD800-\uDBFF]$/, "")} … (${text.length.toLocaleString("en")} characters)`;
}
