import type { FolderReport } from "@/lib/contract/intake.ts";

/** What reloading brought, in one line, and where was looked. */
export function summarizeReload(report: FolderReport): { title: string; body: string } {
  const { registered, reloaded, gone, problems, folders } = report;
  const parts = [
    [registered.length, "registered"],
    [reloaded.length, "reloaded"],
    [gone.length, "gone"],
    [problems.length, problems.length === 1 ? "problem" : "problems"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const places = folders.map(({ path, exists, manifests }) =>
    exists
      ? `${path}: ${manifests} ${manifests === 1 ? "manifest" : "manifests"}`
      : `${path} does not exist yet`,
  );
  return { title: said.join(", ") || "Nothing changed", body: places.join("; ") || "No folder is watched" };
}
