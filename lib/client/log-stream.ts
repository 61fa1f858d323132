import { z } from "zod";
import { LogLine } from "../contract/process.ts";
import { getEvents } from "./events.ts";
import { toCallError } from "./http.ts";

const Batch = z.array(LogLine);

/** Follows a process's output: batches of lines after line `after`, as they come, until `signal` aborts. Throws `AppError`. */
export async function* followLog(
  pluginId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  try {
    yield* getEvents(Batch, `/api/plugins/${encodeURIComponent(pluginId)}/logs?after=${after}`, signal);
  } catch (error) {
    throw toCallError(error);
  }
}
