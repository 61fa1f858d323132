import type { SecretState } from "../contract/config.ts";
import { AppError } from "../contract/error.ts";
import type { PluginDrift } from "../contract/drift.ts";
import type { Plugin, PluginSummary } from "../contract/plugin.ts";
import { missingRequired } from "../core/config.ts";
import { toDrift } from "../core/drift.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import type { Reported } from "../host/host.ts";
import { requirePermission, type Actor } from "./actor.ts";
import type { Context } from "./context.ts";
import { toPlugin, toSummary } from "./plugin-view.ts";
import { readStored } from "./config/stored-config.ts";

/** Every plugin, by name. */
export async function listPlugins(context: Context, actor: Actor): Promise<PluginSummary[]> {
  requirePermission(actor, "plugins:read");
  const records = await context.data.plugins.list();
  return records
    .map((record) => toSummary(record, context.host.status(record.id)))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Throws `not_found`. */
export async function getPlugin(context: Context, actor: Actor, idOrName: string): Promise<Plugin> {
  requirePermission(actor, "plugins:read");
  return viewPlugin(context, await getRecord(context.data, idOrName));
}

/** The record by id or unique name. Throws `not_found`. */
export async function getRecord(repositories: Repositories, idOrName: string): Promise<PluginRecord> {
  const record = await repositories.plugins.find(idOrName);
  if (record) return record;
  throw new AppError("not_found", `There is no plugin with the id or name "${idOrName.slice(0, 100)}".`, {
    hint: "It may have been removed. GET /api/plugins lists those that exist.",
  });
}

/** The record as people see it now. */
export async function viewPlugin(context: Context, record: PluginRecord): Promise<Plugin> {
  const status = context.host.status(record.id);
  const [missing, drift] = await Promise.all([
    listMissingConfig(context, context.data, record),
    findDrift(context, record, status.reported),
  ]);
  return toPlugin(record, status, missing, drift);
}

async function findDrift(
  context: Context,
  record: PluginRecord,
  reported: Reported | null,
): Promise<PluginDrift | null> {
  if (reported === null) return null;
  const { values, boxed } = await readStored(context, context.data, record);
  const hasValue = (name: string) => Object.hasOwn(values, name) || boxed.has(name);
  const drift = toDrift(record.manifest, reported.metadata, hasValue);
  return drift && { id: reported.id, detectedAt: reported.detectedAt, ...drift };
}

/** Names of the required fields that have neither a value, nor a default, nor a stored secret. */
export async function listMissingConfig(
  context: Pick<Context, "host">,
  repositories: Repositories,
  record: PluginRecord,
): Promise<string[]> {
  const { values, secrets } = await readStored(context, repositories, record);
  return missingRequired(record.manifest.metadata.config_schema, values, toUsable(secrets));
}

/** Names of the secrets that are set and can be used. */
export function toUsable(states: Record<string, SecretState>): string[] {
  return Object.keys(states).filter((name) => states[name]?.configured && states[name].problem === null);
}

/** Names of the secrets that are set. */
export function toConfigured(states: Record<string, { configured: boolean }>): Set<string> {
  return new Set(Object.keys(states).filter((name) => states[name]?.configured));
}
