import type { Badge } from "../contract/plugin.ts";
import type { Overview } from "../contract/health.ts";
import { requirePermission, type Actor } from "./actor.ts";
import type { Context } from "./context.ts";

const NEEDS_ATTENTION: ReadonlySet<Badge> = new Set<Badge>(["degraded", "down", "failed", "parked"]);

/** Counts by badge and every open incident, newest first. */
export async function getOverview(context: Context, actor: Actor): Promise<Overview> {
  requirePermission(actor, "plugins:read");
  const [plugins, open] = await Promise.all([context.data.plugins.list(), context.data.incidents.listOpen()]);
  const badges = plugins.map(({ id }) => context.host.status(id).badge);
  const count = (matches: (badge: Badge) => boolean) => badges.filter(matches).length;
  const names = new Map(plugins.map(({ id, name }) => [id, name]));
  return {
    counts: {
      total: plugins.length,
      healthy: count((badge) => badge === "healthy"),
      attention: count((badge) => NEEDS_ATTENTION.has(badge)),
      disabled: count((badge) => badge === "disabled"),
    },
    incidents: open
      .flatMap((incident) => {
        const pluginName = names.get(incident.pluginId);
        return pluginName === undefined ? [] : [{ ...incident, pluginName }];
      })
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt)),
  };
}
