import { z } from "zod";
import { LogLine, LogPage, PluginProcess, ProcessApproval, ProcessLimits } from "../../contract/process.ts";
import { toPlainText } from "../../core/terminal-text.ts";
import { followLog, listLog, readLog } from "../../operations/process-log.ts";
import { approveProcess, getProcess, revokeProcess, setProcessLimits } from "../../operations/processes.ts";
import { route } from "../route.ts";
import { toSessionStream } from "../session-stream.ts";

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
  /** `text` answers everything kept as a file. */
  format: z.enum(["json", "text"]).default("json"),
});

/** As `GET /api/plugins/:id/process` answers it. */
const COMMAND = {
  executable: "/usr/bin/python3",
  command: "python3",
  args: ["plugin.py"],
  env: {},
  workingDirectory: "/srv/plugins/acme",
  digest: "…",
};

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
    example: { command: COMMAND },
    response: OneProcess,
    handle: async ({ context, actor, id, body }) => ({
      process: await approveProcess(context, actor, id, body.command),
    }),
  }),

  route("DELETE", "/api/plugins/:id/process/approval", {
    permission: "settings:write",
    summary: "Take the approval of the command back and end its process; answers when that is gone",
    response: OneProcess,
    handle: async ({ context, actor, id }) => ({ process: await revokeProcess(context, actor, id) }),
  }),

  route("PUT", "/api/plugins/:id/process/limits", {
    permission: "plugins:write",
    summary: "Bounds of the process, from its next start",
    body: ProcessLimits.strict(),
    example: { memoryMb: 1024, openFiles: 1024 },
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
      if (query.format === "text") return toDownload(await readLog(context, actor, id));
      if (!/\btext\/event-stream\b/.test(visit.headers.get("accept") ?? "")) {
        const { q: text, after, limit, stream } = query;
        return { lines: await listLog(context, actor, id, { after, limit, stream, text }) };
      }
      const { after } = query;
      return toSessionStream(context, visit, (signal) => followLog(context, actor, id, { after, signal }));
    },
  }),
];

function toDownload(pieces: AsyncGenerator<LogLine[], void, undefined>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(sink) {
      const { done, value } = await pieces.next();
      if (done) sink.close();
      else sink.enqueue(encoder.encode(value.map(toText).join("")));
    },
    cancel: async () => void (await pieces.return(undefined)),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": 'attachment; filename="plugin.log"',
    },
  });
}

/** Read with whatever is at hand: a terminal would act on what a hostile plugin wrote. */
function toText({ at, stream, text }: LogLine): string {
  return `${at} ${stream.padEnd(7)} ${toPlainText(text)}\n`;
}
