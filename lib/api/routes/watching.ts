import { z } from "zod";
import { ActivityPage } from "../../contract/activity.ts";
import { Overview } from "../../contract/health.ts";
import { listActivity } from "../../operations/activity.ts";
import { getOverview } from "../../operations/overview.ts";
import { Limit } from "../query.ts";
import { route } from "../route.ts";

const ActivityQuery = z.object({
  cursor: z.string().min(1).max(200).optional(),
  limit: Limit.default(50),
  pluginId: z.string().min(1).max(200).optional(),
});

export const watchingRoutes = [
  route("GET", "/api/overview", {
    permission: "plugins:read",
    summary: "What needs attention first",
    response: Overview,
    handle: ({ context, actor }) => getOverview(context, actor),
  }),

  route("GET", "/api/activity", {
    permission: "activity:read",
    summary: "Who did what, newest first",
    query: ActivityQuery,
    response: ActivityPage,
    handle: ({ context, actor, query }) => listActivity(context, actor, query),
  }),
];
