import type { PluginConfigWrite } from "../../contract/config.ts";
import type { ConfigRestore, ConfigRestored, ConfigRevision } from "../../contract/config-revision.ts";
import { AppError } from "../../contract/error.ts";
import { withoutSensitive } from "../../core/config.ts";
import { toRestorable } from "../../core/revision.ts";
import type { PluginRecord } from "../../data/data.ts";
import { requirePermission, type Actor } from "../actor.ts";
import { applyConfig, storeConfig } from "./config.ts";
import type { Context } from "../context.ts";
import { getRecord, toConfigured } from "../plugins.ts";

/** Every save that is remembered, newest first. */
export async function listRevisions(
  context: Context,
  actor: Actor,
  idOrName: string,
): Promise<ConfigRevision[]> {
  requirePermission(actor, "config:read");
  const record = await getRecord(context.data, idOrName);
  const revisions = await context.data.configs.revisions(record.id);
  return revisions.map((revision) => hideSensitive(record, revision));
}

/** A field that has become sensitive is not shown in older revisions either. */
function hideSensitive({ manifest }: PluginRecord, revision: ConfigRevision): ConfigRevision {
  const schema = manifest.metadata.config_schema;
  const sensitive = new Set(schema.filter((field) => field.sensitive).map(({ name }) => name));
  const changes = revision.changes.map((change) =>
    sensitive.has(change.field) && change.secret === undefined
      ? { field: change.field, secret: "changed" as const }
      : change,
  );
  return { ...revision, changes, values: withoutSensitive(schema, revision.values) };
}

/**
 * Makes a new revision with the values of an old one, checked by today's schema. References of that revision come back; text that
 * was changed since is gone: a newer one stays in use, and both cases are told in `reenter` unless `secrets` brings it.
 * A reference comes back only to the address it was entered for. Throws `not_found`, `validation_failed` (a required secret that is
 * gone: `secrets.api_key`), `secrets_bound` (its values lead elsewhere) and `version_conflict`.
 */
export async function restoreConfig(
  context: Context,
  actor: Actor,
  idOrName: string,
  request: ConfigRestore,
): Promise<ConfigRestored> {
  requirePermission(actor, "config:write");
  const { record, write, gone } = await context.data.transaction(async (repositories) => {
    const record = await getRecord(repositories, idOrName);
    const schema = record.manifest.metadata.config_schema;
    const asked = new Set(schema.filter(({ sensitive }) => sensitive).map(({ name }) => name));
    const revisions = await repositories.configs.revisions(record.id);
    const old = revisions.find(({ revision }) => revision === request.revision);
    if (!old) throw forgotten(record, request.revision);
    const values = withoutSensitive(schema, old.values);
    const restorable = toRestorable(old, asked, context.host.destinations.originOf(record, values));
    const restored: PluginConfigWrite = {
      version: request.version,
      values,
      secrets: { ...restorable.references, ...request.secrets },
      ...(request.note === undefined ? {} : { note: request.note }),
    };
    const kind = { kind: "restored" as const, restoredFrom: old.revision };
    await storeConfig(context, repositories, actor, record, restored, kind);
    return { record, write: restored, gone: restorable.gone };
  });
  const saved = await applyConfig(context, record, write);
  const configured = toConfigured(saved.config.secrets);
  const reenter = gone
    .filter((name) => !Object.hasOwn(request.secrets, name))
    .map((name) => ({ name, configured: configured.has(name) }));
  return { ...saved, reenter };
}

function forgotten({ name }: PluginRecord, revision: number): AppError {
  return new AppError("not_found", `${name} has no revision ${revision} to restore.`, {
    field: "revision",
    hint: "Only the newest revisions are kept: list them again.",
  });
}
