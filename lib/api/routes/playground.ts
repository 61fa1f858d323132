import { RunRequest } from "../../contract/playground.ts";
import { startRun } from "../../operations/runs.ts";
import { route } from "../route.ts";
import { toSessionStream } from "../session-stream.ts";

export const playgroundRoutes = [
  route("POST", "/api/playground/runs", {
    permission: "playground:run",
    summary: "Ask every pane; one stream of run events. Closing the connection aborts the plugins",
    body: RunRequest,
    response: "event-stream",
    async handle({ context, visit, actor, body }) {
      const run = await startRun(context, actor, body);
      return toSessionStream(context, visit, run.events);
    },
  }),
];
