import { z } from "zod";
import { AppError } from "../../contract/error.ts";
import { LogLine, LogPage, PluginProcess, ProcessApproval, ProcessLimits } from "../../contract/process.ts";
import {
  approveProcess,
  followLog,
  getProcess,
  listLog,
  setProcessLimits,
} from "../../operations/processes.ts";
import { toEventStream } from "../event-stream.ts";
import { route } from "../route.ts";

const OneProcess = z.object({ process: PluginProcess });

const Seq = z.coerce.number("A number").int("A whole number").min(-1, "−1 or more");

const LogQuery = z.object({
  /** Only lines after this one. */
  after: Seq.optional(),
  limit: z.coerce
    .number("A number")
    .int("A whole number")
    .min(1, "1 to 5000")
    .max(5_000, "1 to 5000")
    .default(500),
  stream: LogLine.shape.stream.optional(),
  /** Only lines that contain it, whatever the case. */
  q: z.string().min(1).max(200).optional(),
});

export const processRoutes = [
  route("GET", "/api/plugins/:id/process", {
    permission: "plugins:read",
    summary: "What runs for a plugin with a command, what would run, and what was approved",
    response: OneProcess,
    handle: async ({ context, actor, id }) => ({ process: await getProcess(context, actor, id) }),
  }),

  route("POST", "/api/plugins/:id/process/approve", {
    permission: "settings:write",
    summary: "Agree to run exactly this command; an enabled plugin starts at once",
    body: ProcessApproval,
    response: OneProcess,
    handle: async ({ context, actor, id, body }) => ({
      process: await approveProcess(context, actor, id, body.command),
    }),
  }),

  route("PUT", "/api/plugins/:id/process/limits", {
    permission: "plugins:write",
    summary: "Bounds of the process, from its next start",
    body: ProcessLimits.strict(),
    response: OneProcess,
    handle: async ({ context, actor, id, body }) => ({
      process: await setProcessLimits(context, actor, id, body),
    }),
  }),

  route("GET", "/api/plugins/:id/logs", {
    permission: "plugins:read",
    summary:
      "Output of the process, oldest first; with Accept: text/event-stream a live tail of batches of lines",
    query: LogQuery,
    response: LogPage,
    async handle({ context, visit, actor, id, query }) {
      if (!/\btext\/event-stream\b/.test(visit.headers.get("accept") ?? "")) {
        const { q: text, ...rest } = query;
        return { lines: await listLog(context, actor, id, { ...rest, text }) };
      }
      const controller = new AbortController();
      visit.signal.addEventListener("abort", () => controller.abort(), { once: true });
      const { after } = query;
      return toEventStream(followLog(context, actor, id, { after, signal: controller.signal }), {
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
