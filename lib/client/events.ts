import { EventSourceParserStream } from "eventsource-parser/stream";
import type { z } from "zod";
import { AppError } from "../contract/error.ts";
import { readError } from "./http.ts";
import { toAddress } from "./path.ts";

/**
 * Posts and yields the events of the answer, parsed. Aborting `signal`, or leaving the loop, closes the connection.
 * Throws `AppError` for an answer that is no stream; other failures are thrown as they are.
 */
export function postForEvents<S extends z.ZodType>(
  schema: S,
  path: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<z.infer<S>> {
  const headers = { "content-type": "application/json" };
  return readEvents(schema, path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** The same for a stream that is only read. */
export function getEvents<S extends z.ZodType>(
  schema: S,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<z.infer<S>> {
  return readEvents(schema, path, { signal });
}

async function* readEvents<S extends z.ZodType>(
  schema: S,
  path: string,
  init: RequestInit,
): AsyncGenerator<z.infer<S>> {
  const response = await fetch(toAddress(path), {
    ...init,
    headers: { ...init.headers, accept: "text/event-stream" },
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
