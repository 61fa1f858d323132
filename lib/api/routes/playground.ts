import { AppError } from "../../contract/error.ts";
import { RunRequest } from "../../contract/playground.ts";
import { startRun } from "../../operations/runs.ts";
import { toEventStream } from "../event-stream.ts";
import { route } from "../route.ts";

export const playgroundRoutes = [
  route("POST", "/api/playground/runs", {
    permission: "playground:run",
    summary: "Ask every pane; one stream of run events. Closing the connection aborts the plugins",
    body: RunRequest,
    response: "event-stream",
    async handle({ context, visit, actor, body }) {
      const run = await startRun(context, actor, body);
      const controller = new AbortController();
      visit.signal.addEventListener("abort", () => controller.abort(), { once: true });
      return toEventStream(run.events(controller.signal), {
        clock: context.clock,
        controller,
        async onKeepAlive() {
          if (await context.sessions.find(visit.headers)) return;
          controller.abort(
            new AppError("unauthenticated", "The session has ended.", { hint: "Sign in again." }),
          );
        },
      });
    },
  }),
];
