import { ChatChunk, ChatResponse } from "../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import { conform, LIST_CAPS, requireFew, requireObject, type Reading } from "./reading.ts";

/** Chats, read with the same kindness as the other answers but without warnings: nobody would see them. */

/** A whole chat answer, as one chunk that ends the stream. */
export function readWholeAnswer(value: unknown, reading: Reading): ChatChunk {
  const answer = withRoundUsage(requireObject(value, "", reading));
  requireFew(answer["choices"], LIST_CAPS.choices, "choices", reading);
  if (Array.isArray(answer["choices"])) requireFewCalls(answer["choices"], "message", reading);
  const response = conform(ChatResponse, answer, "", reading);
  return conform(
    ChatChunk,
    {
      ...response,
      choices: response.choices.map(({ message, ...choice }) => ({ ...choice, delta: message })),
      done: true,
    },
    "",
    reading,
  );
}

/** One frame of a streamed answer. A frame that carries `message` where the protocol has `delta` is understood. */
export function readChunk(value: unknown, reading: Reading): ChatChunk {
  const chunk = withRoundUsage(requireObject(value, "", reading));
  if (!Array.isArray(chunk["choices"])) return conform(ChatChunk, chunk, "", reading);
  requireFew(chunk["choices"], LIST_CAPS.choices, "choices", reading);
  const choices = chunk["choices"].map((choice: unknown) =>
    isJsonObject(choice) && !("delta" in choice) && isJsonObject(choice["message"])
      ? { ...choice, delta: choice["message"] }
      : choice,
  );
  requireFewCalls(choices, "delta", reading);
  return conform(ChatChunk, { ...chunk, choices }, "", reading);
}

function requireFewCalls(choices: unknown[], part: "message" | "delta", reading: Reading): void {
  for (const choice of choices) {
    const said = isJsonObject(choice) ? choice[part] : undefined;
    if (isJsonObject(said)) requireFew(said["tool_calls"], LIST_CAPS.calls, "tool_calls", reading);
  }
}

const USAGE_COUNTS = ["prompt_tokens", "completion_tokens", "total_tokens"] as const;

/** Unusable counts are unknown, never zero and never the end of an answer. */
function withRoundUsage(value: JsonObject): JsonObject {
  const usage = value["usage"];
  if (!isJsonObject(usage)) return "usage" in value ? { ...value, usage: undefined } : value;
  const counts = { ...usage };
  for (const key of USAGE_COUNTS) counts[key] = toCount(usage[key]);
  counts["cost_usd"] = toAmount(usage["cost_usd"]);
  return { ...value, usage: counts };
}

function toAmount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function toCount(value: unknown): number | undefined {
  const count = Math.round(toAmount(value) ?? -1);
  return count >= 0 && Number.isSafeInteger(count) ? count : undefined;
}
