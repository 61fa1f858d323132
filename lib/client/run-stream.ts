import { EventSourceParserStream } from "eventsource-parser/stream";
import { AppError } from "../contract/error.ts";
import { RunEvent, type RunRequest } from "../contract/playground.ts";
import { readError, toCallError } from "./http.ts";

/**
 * Starts a run and yields its events. Aborting `signal`, or leaving the loop, closes the connection,
 * and the console then aborts the plugins. Throws `AppError`; a stream that breaks off is `console_unreachable`.
 */
export async function* streamRun(request: RunRequest, signal: AbortSignal): AsyncGenerator<RunEvent> {
  const open = new Set(request.panes.keys());
  try {
    const response = await fetch("/api/playground/runs", {
      method: "POST",
      headers: { accept: "text/event-stream", "content-type": "application/json" },
      body: JSON.stringify(request),
      signal,
    });
    if (!response.ok) throw await readError(response);
    if (!response.body) throw new AppError("console_unreachable", "The console sent an empty answer.");
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    const reader = events.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const event = RunEvent.parse(JSON.parse(next.value.data));
        if (event.type === "done" || event.type === "error") open.delete(event.pane);
        yield event;
      }
    } finally {
      await reader.cancel();
    }
  } catch (error) {
    throw toCallError(error);
  }
  if (open.size > 0) {
    throw new AppError(
      "console_unreachable",
      "The connection to the console broke off before the answer was complete.",
      {
        hint: "Check that the console is still running, then try again.",
      },
    );
  }
}
