import type { ActivityPage } from "../contract/activity.ts";
import type { Authorized } from "./actor.ts";
import type { Context } from "./context.ts";

export interface ActivityQuery {
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
  /** Entries a page, 1–200. */
  limit: number;
  /** Id or name of a plugin; the id of a removed one still finds its history. */
  pluginId?: string | undefined;
}

/** One page of the audit trail, newest first. */
export async function listActivity(
  context: Context,
  _actor: Authorized<"activity:read">,
  query: ActivityQuery,
): Promise<ActivityPage> {
  const { data } = context;
  const targetId =
    query.pluginId === undefined
      ? undefined
      : ((await data.plugins.find(query.pluginId))?.id ?? query.pluginId);
  const found = await data.audit.list({
    // One more than asked for tells whether there is a next page.
    limit: query.limit + 1,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(targetId === undefined ? {} : { targetId }),
  });
  const entries = found.slice(0, query.limit);
  return { entries, nextCursor: found.length > query.limit ? (entries.at(-1)?.id ?? null) : null };
}
