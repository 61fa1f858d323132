import type { AuditChange } from "../../contract/activity.ts";
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
import type { Actor, Authorized, SystemActor } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import { requireSecretBinding } from "./secret-binding.ts";
import { validateWrite, listWarnings, requireValid } from "./config-validation.ts";
import { toVersionConflict } from "./config-conflict.ts";
import type { Context } from "../context.ts";
import { getRecord, toUsable } from "../plugins.ts";
import { readStoredConfig, type StoredConfig } from "./stored-config.ts";

/** The schema, the explicit values, which secrets are set, and the version to send back with a write. */
export async function getConfig(
  context: Context,
  _actor: Authorized<"config:read">,
  idOrName: string,
): Promise<PluginConfig> {
  return readConfig(context, await getRecord(context.data, idOrName));
}

/** What `/initialize` would receive now, secrets as a word. */
export async function getEffectiveConfig(
  context: Context,
  _actor: Authorized<"config:read">,
  idOrName: string,
): Promise<EffectiveConfig> {
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
  actor: Authorized<"config:write">,
  idOrName: string,
  write: PluginConfigWrite,
): Promise<PluginConfigSaved> {
  const record = await context.data.transaction(async (repositories) => {
    const found = await getRecord(repositories, idOrName);
    await storeConfig(context, repositories, actor, found, write, { kind: "saved", restoredFrom: null });
    return found;
  });
  return applyConfig(context, record, write);
}

/** Restarts an enabled plugin with what was saved, and answers how that went. */
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
  actor: Authorized<"config:write">,
  record: PluginRecord,
  write: PluginConfigWrite,
  revision: { kind: "saved" | "restored"; restoredFrom: RevisionInput["restoredFrom"] },
): Promise<void> {
  const before = await readStoredConfig(context, repositories, record);
  if (before.version !== write.version)
    throw await toVersionConflict(context, repositories, record, write.version);
  const schema = record.manifest.metadata.config_schema;
  const address = context.host.secretOrigins.addressField(record);
  requireValid(await validateWrite(repositories, { schema, address, stored: before.secrets }, write));
  requireSecretBinding(context, record, before, write.values, write.secrets);
  const changes = await storeRevision(context, repositories, actor, record, before, write, revision);
  const action = revision.kind === "restored" ? "plugin.config_restored" : "plugin.config_changed";
  const target = { id: record.id, name: record.name };
  await repositories.audit.append(toAuditEntry(context, actor, { action, target, changes }));
}

/** Moves values of fields that have become sensitive into the secret box, as a revision of its own. They are taken as they are. */
export async function sealUnsealed(
  context: Context,
  repositories: Repositories,
  actor: Authorized<"plugins:write"> | SystemActor,
  record: PluginRecord,
): Promise<void> {
  const before = await readStoredConfig(context, repositories, record);
  if (Object.keys(before.unsealed).length === 0) return;
  const values = withoutSensitive(record.manifest.metadata.config_schema, before.values);
  const write: PluginConfigWrite = { version: before.version, values, secrets: {} };
  const revision = { kind: "adopted" as const, restoredFrom: null };
  await storeRevision(context, repositories, actor, record, before, write, revision);
}

/** Stores a write upon `before`, and seals what is unsealed there. Returns what it changes. */
async function storeRevision(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  record: PluginRecord,
  before: StoredConfig,
  write: PluginConfigWrite,
  revision: Pick<RevisionInput, "kind" | "restoredFrom">,
): Promise<AuditChange[]> {
  const { sealed, unsealed } = before;
  const newlySealed = Object.entries(unsealed)
    .filter(([name, set]) => set !== "" && !sealed.has(name))
    .map(([name, set]) => [name, { set }] as const);
  const secrets = { ...Object.fromEntries(newlySealed), ...write.secrets };
  const visible = withoutSensitive(record.manifest.metadata.config_schema, before.values);
  const changes = toConfigChanges(visible, write.values, secrets, sealed);
  await repositories.configs.save(record.id, {
    version: write.version,
    values: write.values,
    secrets,
    changedBy: actor.name,
    origin: context.host.secretOrigins.originOf(record, write.values),
    revision: { ...revision, note: write.note || null, changes },
  });
  if (Object.keys(unsealed).length > 0) {
    await repositories.configs.scrub(record.id, Object.keys(unsealed));
  }
  return changes;
}

/** The configuration as people may see it. */
export async function readConfig(
  context: Pick<Context, "data" | "host">,
  record: PluginRecord,
): Promise<PluginConfig> {
  const schema = record.manifest.metadata.config_schema;
  const { values, version, origin, secrets } = await readStoredConfig(context, context.data, record);
  const asked = schema.filter(({ sensitive }) => sensitive).map(({ name }) => [name, NO_SECRET] as const);
  return {
    schema,
    values: withoutSensitive(schema, values),
    version,
    secrets: { ...Object.fromEntries(asked), ...secrets },
    origin,
    addressField: context.host.secretOrigins.addressField(record),
  };
}
