import type { Finding } from "@/lib/contract/manifest.ts";
import type { PluginPreview } from "@/lib/contract/registration.ts";

/** What the server's reader refuses before it looks at fields. A text with one of these is not parsed in the browser. */
const UNREAD = new Set([
  "empty",
  "too_large",
  "too_many_values",
  "not_utf8",
  "invalid_yaml",
  "tab_indentation",
  "nested_too_deep",
  "several_documents",
  "not_an_object",
  "invalid_key",
  "forbidden_key",
  "merge_key",
  "duplicate_key",
  "anchor_or_alias",
  "tag",
]);

/** Why a manifest text cannot be shown as a form; null when the server has read all of it. */
export function findObstacle({
  manifest,
  findings,
}: Pick<PluginPreview, "findings"> & { manifest: unknown }): Finding | null {
  if (manifest !== null) return null;
  const errors = findings.filter(({ severity }) => severity === "error");
  // An error about the document as a whole is one about its text, whatever it will be called.
  return errors.find(({ code, path }) => UNREAD.has(code) || path === "") ?? null;
}
