import type { PluginModels } from "../contract/plugin.ts";
import { requirePermission, type Actor } from "./actor.ts";
import type { Context } from "./context.ts";
import { getRecord } from "./plugins.ts";
import { requireEnabled } from "./plugin-lifecycle.ts";

/** The models of the last successful fetch, with its instant. */
export async function getModels(context: Context, actor: Actor, idOrName: string): Promise<PluginModels> {
  requirePermission(actor, "plugins:read");
  const { id } = await getRecord(context.data, idOrName);
  return context.host.status(id).models;
}

/** Asks the plugin again. Throws `plugin_disabled` and the plugin's own error. */
export async function refreshModels(context: Context, actor: Actor, idOrName: string): Promise<PluginModels> {
  requirePermission(actor, "plugins:operate");
  const record = await getRecord(context.data, idOrName);
  requireEnabled(record, "ask for models");
  return context.host.refreshModels(record.id);
}
