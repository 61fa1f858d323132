import type { AuditAction } from "../contract/activity.ts";
import { AppError } from "../contract/error.ts";
import type { Plugin, Desired } from "../contract/plugin.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { toAuditEntry } from "./audit.ts";
import type { Context } from "./context.ts";
import { getRecord, listMissingConfig, viewPlugin } from "./plugins.ts";

/**
 * Switches a plugin on and waits for the outcome: a plugin that fails is an answer (`failure`, `steps`), not an error.
 * Enabling again what is enabled but failed tries again. Throws `config_incomplete` with the fields in `issues`.
 */
export async function enablePlugin(context: Context, actor: Actor, idOrName: string): Promise<Plugin> {
  requirePermission(actor, "plugins:operate");
  const record = await getRecord(context.data, idOrName);
  requireComplete(record, await listMissingConfig(context, context.data, record));
  return settle(context, await wish(context, actor, record.id, "enabled"));
}

/** Switches a plugin off: drains, sends cleanup. Always succeeds, answer or none. */
export async function disablePlugin(context: Context, actor: Actor, idOrName: string): Promise<Plugin> {
  requirePermission(actor, "plugins:operate");
  return settle(context, await wish(context, actor, idOrName, "disabled"));
}

/** Takes an enabled plugin through all steps again. Throws `plugin_disabled`, `config_incomplete`. */
export async function restartPlugin(context: Context, actor: Actor, idOrName: string): Promise<Plugin> {
  requirePermission(actor, "plugins:operate");
  const record = await getRecord(context.data, idOrName);
  requireEnabled(record, "restart");
  requireComplete(record, await listMissingConfig(context, context.data, record));
  await context.data.audit.append(toAuditEntry(context, actor, toDeed("plugin.restarted", record)));
  return settle(context, record, { restart: true, process: true });
}

/** Checks health now, outside the schedule. Throws `plugin_disabled`. */
export async function checkPlugin(context: Context, actor: Actor, idOrName: string): Promise<Plugin> {
  requirePermission(actor, "plugins:operate");
  const record = await getRecord(context.data, idOrName);
  requireEnabled(record, "check");
  await context.host.checkNow(record.id);
  return viewPlugin(context, record);
}

/** Lets the host bring reality to the record without making anyone wait; its failures are visible in the plugin's status. */
export function reconcileLater(
  context: Context,
  id: string,
  options?: { restart?: boolean; process?: boolean },
): void {
  context.host
    .reconcile(id, options)
    .catch((error: unknown) =>
      context.log.error({ err: error, pluginId: id }, "reconciling a plugin failed"),
    );
}

/** Stores the wish with its audit row. What is wished already is no change. */
async function wish(
  context: Context,
  actor: Actor,
  idOrName: string,
  desired: Desired,
): Promise<PluginRecord> {
  return context.data.transaction(async (repositories) => {
    const found = await getRecord(repositories, idOrName);
    const record = found.file?.resume === undefined ? found : await decideForFile(repositories, found);
    if (record.desired === desired) return record;
    const action = desired === "enabled" ? "plugin.enabled" : "plugin.disabled";
    await repositories.audit.append(toAuditEntry(context, actor, toDeed(action, record)));
    return repositories.plugins.update(record.id, { desired });
  });
}

/** Whether a plugin comes back with its file is for the person to say who switched it last. */
function decideForFile({ plugins }: Repositories, { id, file }: PluginRecord): Promise<PluginRecord> {
  return plugins.update(id, { file: file && { ...file, resume: undefined } });
}

async function settle(
  context: Context,
  record: PluginRecord,
  options?: { restart: boolean; process: boolean },
): Promise<Plugin> {
  await context.host.reconcile(record.id, options);
  // Someone else may have changed or removed it in the meantime.
  return viewPlugin(context, await getRecord(context.data, record.id));
}

function toDeed(action: AuditAction, { id, name }: PluginRecord) {
  return { action, target: { id, name } };
}

/** Throws `plugin_disabled`. `verb` is what was asked for: "restart", "check". */
export function requireEnabled(record: PluginRecord, verb: string): void {
  if (record.desired === "enabled") return;
  throw new AppError("plugin_disabled", `${record.name} is switched off, so there is nothing to ${verb}.`, {
    hint: "Switch it on first.",
  });
}

function requireComplete(record: PluginRecord, missing: string[]): void {
  const [first] = missing;
  if (first === undefined) return;
  throw new AppError("config_incomplete", `${record.name} still needs ${missing.join(", ")}.`, {
    field: first,
    hint: "Fill in the required fields on the Configuration tab, then switch it on.",
    issues: missing.map((path) => ({ path, message: "Required" })),
  });
}
