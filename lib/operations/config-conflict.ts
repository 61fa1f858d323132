import type { VersionConflict } from "../contract/config-revision.ts";
import { AppError } from "../contract/error.ts";
import { diffRevisions } from "../core/revision.ts";
import type { Repositories } from "../data/data.ts";

/** The error for a write that was made upon an older version: who saved in the meantime, when, and what is different now. */
export async function describeConflict(
  { configs }: Pick<Repositories, "configs">,
  pluginId: string,
  version: number,
): Promise<AppError> {
  const [{ version: present }, revisions] = await Promise.all([
    configs.get(pluginId),
    configs.revisions(pluginId),
  ]);
  const newest = revisions.find(({ revision }) => revision === present);
  const base = revisions.find(({ revision }) => revision === version);
  const empty = newest && version === 0 ? { ...newest, values: {}, secrets: {} } : undefined;
  const known = base ?? empty;
  const details: VersionConflict = {
    version: present,
    savedBy: newest?.savedBy ?? null,
    savedAt: newest?.savedAt ?? null,
    changes: known && newest ? diffRevisions(known, newest) : null,
  };
  const who = newest ? `${newest.savedBy} saved` : "Someone else saved";
  return new AppError("version_conflict", `${who} this configuration in the meantime.`, {
    hint: "Look at the difference, then save again upon the newer version.",
    details,
  });
}
