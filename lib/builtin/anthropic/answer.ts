import { AppError } from "../../contract/error.ts";
import type { ChatChunk, Usage } from "../../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import type { Upstream, UpstreamRequest } from "../../transport/client.ts";
import { toCost, type Price } from "../provider/model-prices.ts";

/** What is known of an answer while it arrives. */
interface Progress {
  id: string | undefined;
  model: string | undefined;
  counts: JsonObject;
  /** Index of a content block → which call it is. */
  calls: Map<number, number>;
  finish: string | null;
}

type Delta = NonNullable<ChatChunk["choices"][number]["delta"]>;

const FINISH: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/** One answer of the Messages API as chunks, streamed or whole. */
export async function* readAnswer(
  upstream: Upstream,
  request: UpstreamRequest,
  price: Price | null,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk> {
  const progress: Progress = { id: undefined, model: undefined, counts: {}, calls: new Map(), finish: null };
  let isOver = false;
  const isComplete = () => isOver || progress.finish !== null;
  for await (const message of upstream.stream(request, isComplete, signal)) {
    if (message.type === "document") {
      yield toWhole(message.body, upstream.label, progress, price);
      return;
    }
    if (message.type === "end") break;
    const { data } = message;
    if (message.name === "error" || !isJsonObject(data) || data["type"] === "error") {
      throw upstream.toFault(request, data);
    }
    isOver = data["type"] === "message_stop";
    if (isOver) break;
    const delta = readEvent(data, progress);
    // A ping shows that the service is alive, and is passed on as that.
    yield delta === null ? { choices: [] } : toChunk(progress, delta, null);
  }
  yield {
    ...toChunk(progress, {}, progress.finish ?? "stop"),
    usage: toUsage(progress.counts, price),
    done: true,
  };
}

/** What one event adds to the answer; null for one that adds nothing to be shown. */
function readEvent(event: JsonObject, progress: Progress): Delta | null {
  switch (event["type"]) {
    case "message_start":
      begin(readObject(event["message"]), progress);
      return { role: "assistant", content: "" };
    case "content_block_start":
      return beginBlock(Number(event["index"]), readObject(event["content_block"]), progress);
    case "content_block_delta":
      return readDelta(Number(event["index"]), readObject(event["delta"]), progress);
    case "message_delta": {
      Object.assign(progress.counts, readObject(event["usage"]));
      progress.finish = toFinish(readObject(event["delta"])["stop_reason"]) ?? progress.finish;
      return null;
    }
    default:
      return null;
  }
}

function begin(message: JsonObject, progress: Progress): void {
  const { id, model, usage } = message;
  if (typeof id === "string") progress.id = id;
  if (typeof model === "string") progress.model = model;
  Object.assign(progress.counts, readObject(usage));
}

function beginBlock(index: number, block: JsonObject, { calls }: Progress): Delta | null {
  if (block["type"] === "text")
    return typeof block["text"] === "string" && block["text"] !== "" ? { content: block["text"] } : null;
  if (block["type"] !== "tool_use") return null;
  const call = calls.size;
  calls.set(index, call);
  return { tool_calls: [toCall(call, block, "")] };
}

function readDelta(index: number, delta: JsonObject, { calls }: Progress): Delta | null {
  const { type, text, partial_json: json, thinking } = delta;
  if (type === "text_delta" && typeof text === "string") return { content: text };
  if (type === "thinking_delta" && typeof thinking === "string") return { reasoning_content: thinking };
  const call = calls.get(index);
  if (type !== "input_json_delta" || typeof json !== "string" || call === undefined) return null;
  return { tool_calls: [{ index: call, function: { arguments: json } }] };
}

function toWhole(body: unknown, label: string, progress: Progress, price: Price | null): ChatChunk {
  if (!isJsonObject(body) || !Array.isArray(body["content"])) {
    throw new AppError(
      "plugin_invalid_response",
      `${label} answered POST /v1/messages without any content.`,
      {
        hint: "Check base_url: what answers there does not speak Anthropic's Messages API.",
      },
    );
  }
  begin(body, progress);
  const blocks = body["content"].filter(isJsonObject);
  const texts = blocks.flatMap(({ type, text }) =>
    type === "text" && typeof text === "string" ? [text] : [],
  );
  const calls = blocks
    .filter(({ type }) => type === "tool_use")
    .map((block, index) => toCall(index, block, JSON.stringify(block["input"] ?? {})));
  const delta: Delta = {
    role: "assistant",
    content: texts.join(""),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const finish = toFinish(body["stop_reason"]) ?? "stop";
  return { ...toChunk(progress, delta, finish), usage: toUsage(progress.counts, price), done: true };
}

function toCall(index: number, { id, name }: JsonObject, text: string) {
  return {
    index,
    id: typeof id === "string" ? id : "",
    type: "function",
    function: { name: typeof name === "string" ? name : "", arguments: text },
  };
}

function toFinish(reason: unknown): string | null {
  if (typeof reason !== "string" || reason === "") return null;
  return Object.hasOwn(FINISH, reason) ? (FINISH[reason] ?? null) : reason;
}

function toChunk({ id, model }: Progress, delta: Delta, finish: string | null): ChatChunk {
  return {
    ...(id === undefined ? {} : { id }),
    object: "chat.completion.chunk",
    ...(model === undefined ? {} : { model }),
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** Tokens written to and read from the cache are part of the prompt; the price of all of them is taken to be the same. */
function toUsage(counts: JsonObject, price: Price | null): Usage {
  const {
    input_tokens: input,
    output_tokens: output,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
  } = counts;
  const usage: Usage = {
    ...(isCount(input)
      ? { prompt_tokens: input + (isCount(written) ? written : 0) + (isCount(read) ? read : 0) }
      : {}),
    ...(isCount(output) ? { completion_tokens: output } : {}),
    ...(isCount(written) ? { cache_creation_input_tokens: written } : {}),
    ...(isCount(read) ? { cache_read_input_tokens: read } : {}),
  };
  const { prompt_tokens: prompt, completion_tokens: completion } = usage;
  if (prompt === undefined || completion === undefined) return usage;
  const cost = toCost(usage, price);
  return { ...usage, total_tokens: prompt + completion, ...(cost === undefined ? {} : { cost_usd: cost }) };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function readObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
