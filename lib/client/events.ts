import { EventSourceParserStream } from "eventsource-parser/stream";
import type { z } from "zod";
import { AppError } from "../contract/error.ts";
import { readError } from "./http.ts";

/**
 * Posts and yields the events of the answer, parsed. Aborting `signal`, or leaving the loop, closes the connection.
 * Throws `AppError` for an answer that is no stream; other failures are thrown as they are.
 */
export async function* postForEvents<S extends z.ZodType>(
  schema: S,
  path: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<z.infer<S>> {
  const response = await fetch(path, {
    method: "POST",
    headers: { accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify(body),
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
      yield schema.parse(JSON.parse(next.value.data));
    }
  } finally {
    await reader.cancel();
  }
}

/** A stream that ended without saying so. */
export function brokenOff(): AppError {
  return new AppError(
    "console_unreachable",
    "The connection to the console broke off before the answer was complete.",
    { hint: "Check that the console is still running, then try again." },
  );
}
