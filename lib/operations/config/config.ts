import {
  NO_SECRET,
  type EffectiveConfig,
  type PluginConfig,
  type PluginConfigSaved,
  type PluginConfigWrite,
} from "../../contract/config.ts";
import { describeEffective, missingRequired, withoutSensitive } from "../../core/config.ts";
import { toConfigChanges, type RevisionInput } from "../../core/revision.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import { requirePermission, type Actor } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import { requireBound } from "./secret-binding.ts";
import { checkWrite, listWarnings, requireValid } from "./config-validation.ts";
import { describeConflict } from "./config-conflict.ts";
import type { Context } from "../context.ts";
import { getRecord, toUsable } from "../plugins.ts";
import { readStored } from "./stored-config.ts";

/** The schema, the explicit values, which secrets are set, and the version to send back with a write. */
export async function getConfig(context: Context, actor: Actor, idOrName: string): Promise<PluginConfig> {
  requirePermission(actor, "config:read");
  return readConfig(context, await getRecord(context.data, idOrName));
}

/** What `/initialize` would receive now, secrets as a word. */
export async function getEffectiveConfig(
  context: Context,
  actor: Actor,
  idOrName: string,
): Promise<EffectiveConfig> {
  requirePermission(actor, "config:read");
  const record = await getRecord(context.data, idOrName);
  const { schema, secrets, version } = await readConfig(context, record);
  const { values } = await context.data.configs.get(record.id);
  const usable = toUsable(secrets);
  const problems = Object.entries(secrets).flatMap(([path, { problem }]) =>
    problem === null || !schema.some(({ name }) => name === path) ? [] : [{ path, message: problem }],
  );
  const missing = missingRequired(schema, values, usable).filter(
    (name) => !problems.some(({ path }) => path === name),
  );
  return {
    version,
    values: describeEffective(schema, values, usable),
    issues: [...problems, ...missing.map((path) => ({ path, message: "Required: this has no value yet" }))],
  };
}

/**
 * Replaces the explicit values, applies the secret operations, and takes an enabled plugin through all steps with the result.
 * Values under names the schema does not have are kept as sent. Throws `validation_failed` with every problem
 * (`values.timeout`, `secrets.api_key`), `secrets_bound` when the values lead to another address than the secrets that are kept,
 * and `version_conflict` with what somebody else saved (`VersionConflict`).
 */
export async function saveConfig(
  context: Context,
  actor: Actor,
  idOrName: string,
  write: PluginConfigWrite,
): Promise<PluginConfigSaved> {
  requirePermission(actor, "config:write");
  const record = await context.data.transaction(async (repositories) => {
    const found = await getRecord(repositories, idOrName);
    await storeConfig(context, repositories, actor, found, write, { kind: "saved", restoredFrom: null });
    return found;
  });
  return applyConfig(context, record, write);
}

/** Lets an enabled plugin have what was saved, and says how that went. */
export async function applyConfig(
  context: Context,
  record: PluginRecord,
  write: Pick<PluginConfigWrite, "secrets">,
): Promise<PluginConfigSaved> {
  const status =
    record.desired === "enabled" ? await context.host.reconcile(record.id, { restart: true }) : null;
  return {
    config: await readConfig(context, record),
    applied: status && status.failure === null && status.refusal === null && status.lifecycle === "ready",
    warnings: await listWarnings(context.data, record.manifest.metadata.config_schema, write.secrets),
  };
}

/**
 * Checks and stores one write with its revision and its audit row; `record` was read in the same transaction. Values that have become
 * secrets since they were entered go into the secret box on the way. Throws `validation_failed`, `secrets_bound` and
 * `version_conflict`.
 */
export async function storeConfig(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  record: PluginRecord,
  write: PluginConfigWrite,
  revision: Pick<RevisionInput, "kind" | "restoredFrom">,
): Promise<void> {
  const schema = record.manifest.metadata.config_schema;
  const before = await readStored(context, repositories, record);
  if (before.version !== write.version)
    throw await describeConflict(context, repositories, record, write.version);
  const { destinations } = context.host;
  const { boxed, stranded } = before;
  // What a person enters is checked; what only moves into the secret box is taken as it is.
  if (revision.kind !== "adopted") {
    const address = destinations.addressField(record);
    requireValid(await checkWrite(repositories, { schema, address, stored: before.secrets }, write));
    requireBound(context, record, before, write.values, write.secrets);
  }
  const moved = Object.entries(stranded)
    .filter(([name, set]) => set !== "" && !boxed.has(name))
    .map(([name, set]) => [name, { set }] as const);
  const secrets = { ...Object.fromEntries(moved), ...write.secrets };
  const changes = toConfigChanges(withoutSensitive(schema, before.values), write.values, secrets, boxed);
  await repositories.configs.save(record.id, {
    version: write.version,
    values: write.values,
    secrets,
    changedBy: actor.name,
    origin: destinations.originOf(record, write.values),
    revision: { ...revision, note: write.note || null, changes },
  });
  if (Object.keys(stranded).length > 0) {
    await repositories.configs.scrub(record.id, Object.keys(stranded));
  }
  const action = revision.kind === "restored" ? "plugin.config_restored" : "plugin.config_changed";
  const target = { id: record.id, name: record.name };
  if (revision.kind !== "adopted")
    await repositories.audit.append(toAuditEntry(context, actor, { action, target, changes }));
}

/** Moves values of fields that have become sensitive into the secret box, as a revision of its own. */
export async function sealStranded(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  record: PluginRecord,
): Promise<void> {
  const { values, version, stranded } = await readStored(context, repositories, record);
  if (Object.keys(stranded).length === 0) return;
  const schema = record.manifest.metadata.config_schema;
  const write = { version, values: withoutSensitive(schema, values), secrets: {} };
  await storeConfig(context, repositories, actor, record, write, { kind: "adopted", restoredFrom: null });
}

/** The configuration as people may see it. */
export async function readConfig(
  context: Pick<Context, "data" | "host">,
  record: PluginRecord,
): Promise<PluginConfig> {
  const schema = record.manifest.metadata.config_schema;
  const { values, version, origin, secrets } = await readStored(context, context.data, record);
  const asked = schema.filter(({ sensitive }) => sensitive).map(({ name }) => [name, NO_SECRET] as const);
  return {
    schema,
    values: withoutSensitive(schema, values),
    version,
    secrets: { ...Object.fromEntries(asked), ...secrets },
    origin,
    addressField: context.host.destinations.addressField(record),
  };
}
