import type { Badge } from "../contract/plugin.ts";
import type { Overview } from "../contract/health.ts";
import { needsAttention } from "../core/badge.ts";
import type { Authorized } from "./actor.ts";
import type { Context } from "./context.ts";

/** Counts by badge and every open incident, newest first. */
export async function getOverview(context: Context, _actor: Authorized<"plugins:read">): Promise<Overview> {
  const [plugins, open] = await Promise.all([context.data.plugins.list(), context.data.incidents.listOpen()]);
  const states = plugins.map(({ id }) => context.host.status(id));
  const count = (badge: Badge) => states.filter((state) => state.badge === badge).length;
  const names = new Map(plugins.map(({ id, name }) => [id, name]));
  return {
    counts: {
      total: plugins.length,
      healthy: count("healthy"),
      attention: states.filter(needsAttention).length,
      disabled: count("disabled"),
    },
    incidents: open
      .flatMap((incident) => {
        const pluginName = names.get(incident.pluginId);
        return pluginName === undefined ? [] : [{ ...incident, pluginName }];
      })
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt)),
  };
}
