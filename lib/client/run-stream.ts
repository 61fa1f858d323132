import { RunEvent, type RunRequest } from "../contract/playground.ts";
import { brokenOff, postForEvents } from "./events.ts";
import { toCallError } from "./http.ts";

/**
 * Starts a run and yields its events. Aborting `signal`, or leaving the loop, closes the connection,
 * and the console then aborts the plugins. Throws `AppError`; a stream that breaks off is `console_unreachable`.
 */
export async function* streamRun(request: RunRequest, signal: AbortSignal): AsyncGenerator<RunEvent> {
  const open = new Set(request.panes.keys());
  try {
    for await (const event of postForEvents(RunEvent, "/api/playground/runs", request, signal)) {
      if (event.type === "done" || event.type === "error") open.delete(event.pane);
      yield event;
    }
  } catch (error) {
    throw toCallError(error);
  }
  if (open.size > 0) throw brokenOff();
}
