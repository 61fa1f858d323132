import type { PluginModels } from "../contract/plugin.ts";
import type { Authorized } from "./actor.ts";
import type { Context } from "./context.ts";
import { getRecord } from "./plugins.ts";
import { requireEnabled } from "./plugin-lifecycle.ts";

/** The models of the last successful fetch, with its instant. */
export async function getModels(
  context: Context,
  _actor: Authorized<"plugins:read">,
  idOrName: string,
): Promise<PluginModels> {
  const { id } = await getRecord(context.data, idOrName);
  return context.host.status(id).models;
}

/** Asks the plugin again. Throws `plugin_disabled` and the plugin's own error. */
export async function refreshModels(
  context: Context,
  _actor: Authorized<"plugins:operate">,
  idOrName: string,
): Promise<PluginModels> {
  const record = await getRecord(context.data, idOrName);
  requireEnabled(record, "ask for models");
  return context.host.refreshModels(record.id);
}
