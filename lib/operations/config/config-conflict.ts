import type { ConfigRevision, VersionConflict } from "../../contract/config-revision.ts";
import { AppError } from "../../contract/error.ts";
import { diffRevisions } from "../../core/revision.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Context } from "../context.ts";

type Hosted = Pick<Context, "host">;

/** The error for a write that was made upon an older version: who saved in the meantime, when, and what is different now. */
export async function describeConflict(
  context: Hosted,
  { configs }: Pick<Repositories, "configs">,
  record: PluginRecord,
  version: number,
): Promise<AppError> {
  const [{ version: present }, revisions] = await Promise.all([
    configs.get(record.id),
    configs.revisions(record.id),
  ]);
  const newest = revisions.find(({ revision }) => revision === present);
  const known = findBase(revisions, version);
  const moved = findMove(context, record, revisions, version);
  const details: VersionConflict = {
    version: present,
    savedBy: newest?.savedBy ?? null,
    savedAt: newest?.savedAt ?? null,
    moved: moved && { from: moved.from ?? null, to: moved.to },
    changes: known && newest ? diffRevisions(known, newest) : null,
  };
  if (version > present) {
    const message = `The configuration of ${record.name} has no version ${version}: the newest is ${present}.`;
    return new AppError("version_conflict", message, {
      hint: "Read it again with GET …/config, and send back the version that it has.",
      details,
    });
  }
  const who = newest ? `${newest.savedBy} saved` : "Someone else saved";
  if (moved === null) {
    return new AppError("version_conflict", `${who} this configuration in the meantime.`, {
      hint: "Look at the difference, then save again upon the newer version.",
      details,
    });
  }
  if (moved.from === undefined) {
    return new AppError(
      "version_conflict",
      `${who} this configuration in the meantime, and where ${record.name} was then is no longer remembered.`,
      {
        hint: `It goes to ${moved.to ?? "no address"} now: enter the secrets that belong there, upon the newer version.`,
        details,
      },
    );
  }
  const [from, to] = [moved.from ?? "no address", moved.to ?? "no address"];
  return new AppError("version_conflict", `${record.name} moved from ${from} to ${to} in the meantime.`, {
    hint: `A secret that was entered for ${from} is not meant for ${to}: look at the new address, and enter the secrets that belong there.`,
    details,
  });
}

/** Throws the conflict when the plugin goes elsewhere since `version`. */
export async function requireUnmoved(
  context: Hosted,
  repositories: Pick<Repositories, "configs">,
  record: PluginRecord,
  version: number,
): Promise<void> {
  const revisions = await repositories.configs.revisions(record.id);
  if (findMove(context, record, revisions, version) !== null)
    throw await describeConflict(context, repositories, record, version);
}

/** The revision a write was made upon; null when it is no longer remembered. */
function findBase(
  revisions: ConfigRevision[],
  version: number,
): Pick<ConfigRevision, "values" | "secrets"> | null {
  return version === 0 ? NOTHING : (revisions.find(({ revision }) => revision === version) ?? null);
}

const NOTHING = { values: {}, secrets: {} };

/**
 * From where to where the plugin went since `version`; null when it stayed. `from` is undefined when nobody remembers: whoever typed a
 * secret then may have meant any place.
 */
function findMove(
  { host }: Hosted,
  record: PluginRecord,
  revisions: ConfigRevision[],
  version: number,
): { from: string | null | undefined; to: string | null } | null {
  const [newest] = revisions;
  if (!newest || newest.revision === version) return null;
  const to = host.destinations.originOf(record, newest.values);
  if (to === null && host.destinations.addressField(record) === null) return null;
  const from = findOrigin(record, revisions, version, to);
  return from === to ? null : { from, to };
}

/** Where the plugin went at `version`; undefined when that is no longer remembered. */
function findOrigin(
  record: PluginRecord,
  revisions: ConfigRevision[],
  version: number,
  today: string | null,
): string | null | undefined {
  const base = revisions.find(({ revision }) => revision === version);
  if (base?.origin !== undefined) return base.origin;
  const next = revisions.find(({ revision }) => revision === version + 1);
  if (!next) return undefined;
  if (next.kind === "moved") return leftBy(next);
  // A save takes no plugin with an endpoint elsewhere, but the values or the default of a built-in one may have.
  if (record.endpoint === null) return undefined;
  const move = revisions.findLast(({ revision, kind }) => revision > version && kind === "moved");
  return move ? leftBy(move) : today;
}

function leftBy({ changes }: ConfigRevision): string | null {
  const left = changes.find(({ field }) => field === "endpoint")?.before;
  return typeof left === "string" ? left : null;
}
