import { AppError } from "../contract/error.ts";
import { formatDuration } from "../core/quantity.ts";
import { parseJson, tryJson } from "./json-text.ts";
import type { Frame } from "./frames.ts";
import { isChatComplaint } from "./plugin-fault.ts";
import { lowerFirst, type Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";

/** What a frame turned out to be; `nothing` is a keep-alive. */
export type StreamEvent =
  | { kind: "value"; value: unknown }
  | { kind: "complaint"; body: unknown }
  | { kind: "end" }
  | { kind: "nothing" };

/**
 * One frame of a stream, free of secrets. Throws `plugin_invalid_json`, `plugin_response_too_large`, or `plugin_stream_truncated` for
 * a frame that was cut.
 */
export function readFrame(frame: Frame, reading: Reading, redaction: Redaction): StreamEvent {
  const data = frame.data.trim();
  if (data === "[DONE]") return { kind: "end" };
  // An error event may carry plain words.
  if (frame.event === "error") return { kind: "complaint", body: tryJson(data) ?? data };
  if (data === "") return { kind: "nothing" };
  const value = parseFrame(frame, data, reading, redaction);
  if (isChatComplaint(value)) return { kind: "complaint", body: value };
  return { kind: "value", value: redaction.value(value) };
}

export function truncated(subject: string, cause?: unknown): AppError {
  return new AppError("plugin_stream_truncated", `${subject} broke off before it was complete.`, {
    hint: "What arrived is incomplete: try again, and look at the plugin's log.",
    cause,
  });
}

/** `what`: "127.0.0.1:8090 was still answering". */
export function slowChat(what: string, limitMs: number): AppError {
  return new AppError("plugin_timeout", `${what} after ${formatDuration(limitMs)}.`, {
    hint: "Try again; if it happens often, look at the plugin's log and at its provider.",
  });
}

/** The JSON of one frame. Throws `plugin_invalid_json`, or `plugin_stream_truncated` for a frame that was cut. */
function parseFrame(frame: Frame, data: string, reading: Reading, redaction: Redaction): unknown {
  try {
    return parseJson(data, `A frame of ${lowerFirst(reading.subject)}`, redaction.text);
  } catch (error) {
    throw frame.isClosed ? error : truncated(reading.subject, error);
  }
}
