import type { AuditChange } from "../contract/activity.ts";
import { NO_SECRET } from "../contract/config.ts";
import type { PluginConfig, PluginConfigSaved, PluginConfigWrite, SecretState } from "../contract/config.ts";
import { AppError, type FieldIssue } from "../contract/error.ts";
import type { ConfigField } from "../contract/manifest.ts";
import { diffConfig, validateConfig, type SecretInput } from "../core/config.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { toAuditEntry } from "./audit.ts";
import type { Context } from "./context.ts";
import { getRecord, toConfigured } from "./plugins.ts";

/** The schema, the explicit values, which secrets are set, and the version to send back with a write. */
export async function getConfig(context: Context, actor: Actor, idOrName: string): Promise<PluginConfig> {
  requirePermission(actor, "config:read");
  return readConfig(context.data, await getRecord(context.data, idOrName));
}

/**
 * Replaces the explicit values, applies the secret operations, and takes an enabled plugin through all steps with the result.
 * Values under names the schema does not have are kept as sent. Throws `validation_failed` with every problem
 * (`values.timeout`, `secrets.api_key`) and `version_conflict`.
 */
export async function saveConfig(
  context: Context,
  actor: Actor,
  idOrName: string,
  write: PluginConfigWrite,
): Promise<PluginConfigSaved> {
  requirePermission(actor, "config:write");
  const record = await getRecord(context.data, idOrName);
  await context.data.transaction((repositories) => store(context, repositories, actor, record, write));
  const status =
    record.desired === "enabled" ? await context.host.reconcile(record.id, { restart: true }) : null;
  return {
    config: await readConfig(context.data, record),
    applied: status && status.failure === null && status.lifecycle === "ready",
    warnings: [],
  };
}

async function store(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  record: PluginRecord,
  write: PluginConfigWrite,
): Promise<void> {
  const schema = record.manifest.metadata.config_schema;
  const before = await readConfig(repositories, record);
  requireValid([
    ...checkPlaces(schema, write, before.secrets),
    ...validateConfig(schema, write.values, secretsAfter(before.secrets, write)).map(
      ({ field, message }) => ({
        path: `${isSensitive(schema, field) ? "secrets" : "values"}.${field}`,
        message,
      }),
    ),
  ]);
  const changes = [...diffConfig(before.values, write.values), ...toSecretChanges(before.secrets, write)];
  await repositories.configs.save(record.id, { ...write, changedBy: actor.name });
  await repositories.audit.append(
    toAuditEntry(context, actor, {
      action: "plugin.config_changed",
      target: { id: record.id, name: record.name },
      changes,
    }),
  );
}

async function readConfig(repositories: Repositories, record: PluginRecord): Promise<PluginConfig> {
  const schema = record.manifest.metadata.config_schema;
  const [{ values, version }, stored] = await Promise.all([
    repositories.configs.get(record.id),
    repositories.configs.secretStates(record.id),
  ]);
  const asked = schema.filter(({ sensitive }) => sensitive).map(({ name }) => [name, NO_SECRET] as const);
  return { schema, values, version, secrets: { ...Object.fromEntries(asked), ...stored } };
}

function isSensitive(schema: ConfigField[], name: string): boolean {
  return schema.some((field) => field.sensitive && field.name === name);
}

/** Secrets belong under `secrets`, and only secrets do: a secret among the values would be stored and shown in clear. */
function checkPlaces(
  schema: ConfigField[],
  { values, secrets }: PluginConfigWrite,
  stored: Record<string, SecretState>,
): FieldIssue[] {
  const misplaced = Object.keys(values)
    .filter((name) => isSensitive(schema, name))
    .map((name) => ({
      path: `values.${name}`,
      message: `${name} is a secret: send it as secrets.${name}, {"set": "…"}. It was not stored.`,
    }));
  const wrong = Object.entries(secrets).flatMap(([name, write]): FieldIssue[] => {
    const path = `secrets.${name}`;
    if ("clear" in write) {
      const isKnown = isSensitive(schema, name) || name in stored;
      return isKnown ? [] : [{ path, message: `There is no secret "${name}" to clear.` }];
    }
    if (!isSensitive(schema, name)) {
      return [{ path, message: `The plugin has no secret field "${name}": send it as values.${name}.` }];
    }
    return "set" in write && MASK.test(write.set)
      ? [{ path, message: "This looks like a mask, not a secret. Leave it out to keep it." }]
      : [];
  });
  return [...misplaced, ...wrong];
}

const MASK = /^[*•●·]+$/u;

function requireValid(issues: FieldIssue[]): void {
  const [first] = issues;
  if (!first) return;
  throw new AppError("validation_failed", first.message, { field: first.path, issues });
}

/** Which secrets will be set once the write is stored, and the text of those it brings. */
function secretsAfter(
  before: Record<string, SecretState>,
  { secrets }: PluginConfigWrite,
): Record<string, SecretInput> {
  const written = Object.entries(secrets).map(([name, write]): [string, SecretInput] => [
    name,
    "set" in write ? { configured: true, value: write.set } : { configured: "reference" in write },
  ]);
  return { ...before, ...Object.fromEntries(written) };
}

function toSecretChanges(before: Record<string, SecretState>, { secrets }: PluginConfigWrite): AuditChange[] {
  const configured = toConfigured(before);
  return Object.entries(secrets).flatMap(([field, write]): AuditChange[] => {
    if (!("clear" in write)) return [{ field, secret: configured.has(field) ? "changed" : "set" }];
    return configured.has(field) ? [{ field, secret: "cleared" }] : [];
  });
}
