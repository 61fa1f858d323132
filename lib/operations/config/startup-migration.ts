import type { PluginRecord } from "../../data/data.ts";
import { SYSTEM } from "../actor.ts";
import { sealStranded } from "./config.ts";
import type { Context } from "../context.ts";

/**
 * Brings what older versions stored under the rules of this one. Secrets of built-in plugins that were bound to no address belong
 * to the one that is configured now, where they were sent until now; values in clear text of fields that are sensitive by now are
 * sealed, and taken out of revisions and activity. Call before `host.start()` and before anybody can change an address; does
 * nothing the second time.
 */
export async function adoptStored(context: Context): Promise<void> {
  const { data, log } = context;
  const records = new Map((await data.plugins.list()).map((record) => [record.id, record]));
  let bound = 0;
  for (const record of records.values()) bound += await bindLoose(context, record);
  if (bound > 0) log.info({ secrets: bound }, "secrets of built-in plugins were bound to their addresses");
  for (const { pluginId, fields } of await data.configs.listExposed()) {
    const record = records.get(pluginId);
    if (record === undefined) continue;
    await data.transaction(async (repositories) => {
      await sealStranded(context, repositories, SYSTEM, record);
      await repositories.configs.scrub(pluginId, fields);
    });
    log.info({ pluginId, fields }, "values of fields that have become sensitive were sealed");
  }
}

async function bindLoose({ data, host }: Context, record: PluginRecord): Promise<number> {
  if (host.destinations.addressField(record) === null) return 0;
  const { values } = await data.configs.get(record.id);
  const origin = host.destinations.originOf(record, values);
  return origin === null ? 0 : data.configs.bindLoose(record.id, origin);
}
