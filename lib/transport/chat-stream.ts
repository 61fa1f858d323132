import { AppError } from "../contract/error.ts";
import type { ChatChunk } from "../contract/protocol.ts";
import { formatDuration } from "../core/quantity.ts";
import { parseJson, tryJson } from "./json-text.ts";
import type { Frame } from "./frames.ts";
import { readChunk } from "./lenient-chat.ts";
import { isComplaint } from "./plugin-fault.ts";
import { lowerFirst, type Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";

/** What a frame turned out to be. */
export type ChatEvent =
  { kind: "chunk"; chunk: ChatChunk } | { kind: "end" } | { kind: "complaint"; body: unknown };

/** One frame of a stream → chunk, end, or the plugin's own error. Throws `plugin_invalid_json` or `plugin_invalid_response`. */
export function readChatFrame(frame: Frame, reading: Reading, redaction: Redaction): ChatEvent {
  const data = frame.data.trim();
  if (data === "[DONE]") return { kind: "end" };
  // An error event may carry plain words.
  if (frame.event === "error") return { kind: "complaint", body: tryJson(data) ?? data };
  const value = parseFrame(frame, data, reading, redaction);
  if (isComplaint(value)) return { kind: "complaint", body: value };
  return { kind: "chunk", chunk: readChunk(redaction.value(value), reading) };
}

/** True once an answer is complete: a finish_reason or the plugin's own `done`. */
export function endsAnswer(chunk: ChatChunk): boolean {
  return chunk.done === true || chunk.choices.some((choice) => Boolean(choice.finish_reason));
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
export function parseFrame(frame: Frame, data: string, reading: Reading, redaction: Redaction): unknown {
  try {
    return parseJson(data, `A frame of ${lowerFirst(reading.subject)}`, redaction.text);
  } catch (error) {
    throw frame.isClosed ? error : truncated(reading.subject, error);
  }
}
