import { RunEvent, RunRequest } from "../../contract/playground.ts";
import { startRun } from "../../operations/runs.ts";
import { route } from "../route.ts";
import { toSessionStream } from "../session-stream.ts";

export const playgroundRoutes = [
  route("POST", "/api/playground/runs", {
    permission: "playground:run",
    summary: "Ask every pane; one stream of run events. Closing the connection aborts the plugins",
    body: RunRequest,
    example: {
      panes: [{ pluginId: "ELIZA", model: "eliza-1966", parameters: { temperature: 0.7, max_tokens: 100 } }],
      messages: [{ role: "user", content: "Hello" }],
    },
    response: "event-stream",
    event: RunEvent,
    async handle({ context, visit, actor, body }) {
      const run = await startRun(context, actor, body);
      return toSessionStream(context, visit, run.events);
    },
  }),
];
