import type { AuditChange } from "../../contract/activity.ts";
import { becameSensitive, withoutSensitive } from "../../core/config.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Actor } from "../actor.ts";
import { sealStranded } from "./config.ts";
import type { Context } from "../context.ts";
import { readStored } from "./stored-config.ts";

/**
 * Brings the configuration in line with a registration that this transaction has changed from `before` to `after`. Going elsewhere
 * forgets the secrets of the old place and is a revision: whoever saves a form that was loaded before meets `version_conflict`
 * instead of telling the new place a secret of the old one. Values of fields that have become sensitive are sealed at once, and
 * taken out of revisions and activity. Returns the secrets that were forgotten, for the audit row.
 */
export async function followRecord(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  before: PluginRecord,
  after: PluginRecord,
): Promise<AuditChange[]> {
  const { configs } = repositories;
  const { values } = await configs.get(after.id);
  const { originOf } = context.host.destinations;
  const [from, to] = [originOf(before, values), originOf(after, values)];
  const forgotten = from === to ? [] : await storeMove(context, repositories, actor, after, { from, to });
  await sealStranded(context, repositories, actor, after);
  const hidden = becameSensitive(
    before.manifest.metadata.config_schema,
    after.manifest.metadata.config_schema,
  );
  if (hidden.length > 0) await configs.scrub(after.id, hidden);
  return forgotten;
}

async function storeMove(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  record: PluginRecord,
  { from, to }: { from: string | null; to: string | null },
): Promise<AuditChange[]> {
  const { values, version, secrets, stranded } = await readStored(context, repositories, record);
  const names = Object.keys(secrets)
    .filter((name) => secrets[name]?.origin !== to || Object.hasOwn(stranded, name))
    .toSorted();
  const forgotten = names.map((field): AuditChange => ({ field, secret: "cleared" }));
  await repositories.configs.save(record.id, {
    version,
    values: withoutSensitive(record.manifest.metadata.config_schema, values),
    secrets: Object.fromEntries(names.map((name) => [name, { clear: true as const }])),
    changedBy: actor.name,
    origin: to,
    revision: {
      ...{ kind: "moved", restoredFrom: null, note: null },
      changes: [{ field: "endpoint", before: from, after: to }, ...forgotten],
    },
  });
  return forgotten;
}
