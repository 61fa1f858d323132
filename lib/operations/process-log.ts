import { AppError } from "../contract/error.ts";
import type { LogLine } from "../contract/process.ts";
import { toPlainText } from "../core/terminal-text.ts";
import type { Authorized } from "./actor.ts";
import type { Context } from "./context.ts";
import { getRecord } from "./plugins.ts";

/** Which lines of a log: the newest `limit` of those after `after`, at least as bad as `stream`, that contain `text`. */
export interface LogSearch {
  after?: number | undefined;
  limit: number;
  stream?: LogLine["stream"] | undefined;
  text?: string | undefined;
}

/** The output of a plugin's process, oldest first. A search looks at everything kept, a tail at the newest lines. */
export async function listLog(
  context: Context,
  _actor: Authorized<"plugins:read">,
  idOrName: string,
  { after = -1, limit, stream, text }: LogSearch,
): Promise<LogLine[]> {
  const output = await requireLog(context, idOrName);
  if (stream === undefined && text === undefined) return output.list({ after, limit });
  const wanted = text?.toLowerCase();
  const matches = (line: LogLine) =>
    line.seq > after &&
    (stream === undefined || line.stream === stream) &&
    (wanted === undefined || toPlainText(line.text).toLowerCase().includes(wanted));
  let found: LogLine[] = [];
  for await (const piece of output.readAll()) found = [...found, ...piece.filter(matches)].slice(-limit);
  return found;
}

/** Everything kept of that output, oldest first, in pieces: so that a download is written as fast as it is read. */
export async function readLog(
  context: Context,
  _actor: Authorized<"plugins:read">,
  idOrName: string,
): Promise<AsyncGenerator<LogLine[], void, undefined>> {
  return (await requireLog(context, idOrName)).readAll();
}

/** New lines as they come, in batches, after those a tail begins with. Ends when `signal` aborts. */
export async function* followLog(
  context: Context,
  _actor: Authorized<"plugins:read">,
  idOrName: string,
  { after, signal }: { after?: number | undefined; signal: AbortSignal },
): AsyncGenerator<LogLine[], void, void> {
  const output = await requireLog(context, idOrName);
  const waiting: LogLine[] = [...output.list({ after, limit: TAIL_LINES })];
  let wake: () => void = () => undefined;
  const stop = output.follow((lines) => {
    waiting.push(...lines);
    // A reader who cannot keep up gets the newest.
    if (waiting.length > TAIL_LINES) waiting.splice(0, waiting.length - TAIL_LINES);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      if (waiting.length > 0) yield waiting.splice(0);
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
}

const TAIL_LINES = 1_000;

async function requireLog(context: Context, idOrName: string) {
  const record = await getRecord(context.data, idOrName);
  const output = await context.host.processLog(record.id);
  if (output) return output;
  throw new AppError("not_found", "This console keeps no logs of processes.");
}
