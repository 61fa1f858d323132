import { AppError } from "../../contract/error.ts";
import type { ChatChunk, ChatDelta, Usage } from "../../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import type { Upstream, UpstreamRequest } from "../../transport/client.ts";
import { toCost, type Price } from "../provider/model-prices.ts";

/** What is known of an answer while it arrives. */
interface Progress {
  id: string | undefined;
  model: string | undefined;
  counts: JsonObject;
  /** Index of a content block → what it is. */
  blocks: Map<number, Block>;
  finish: string | null;
}

/** A block of the content that is not over yet. */
interface Block {
  type: unknown;
  /** Of a call: which one it is. */
  call: number;
  /** A call whose whole input stood at its start has no more to come. */
  isWhole: boolean;
  /** Of thinking, to be sent back as it was. */
  thinking: string;
  signature: string;
}

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
  const progress: Progress = { id: undefined, model: undefined, counts: {}, blocks: new Map(), finish: null };
  let isOver = false;
  const isComplete = () => isOver || progress.finish !== null;
  for await (const message of upstream.stream(request, isComplete, signal)) {
    if (message.type === "document") {
      yield toWhole(message.body, upstream.label, progress, price);
      return;
    }
    if (message.type === "end") break;
    if (message.type === "warning") {
      yield { choices: [], notes: [message.text] };
      continue;
    }
    const data = readObject(message.data);
    isOver = data["type"] === "message_stop";
    if (isOver) break;
    const delta = readEvent(data, progress);
    // A ping shows that the service is alive, and is passed on as that.
    yield delta === null ? { choices: [] } : toChunk(progress, delta, null);
  }
  yield {
    ...toChunk(progress, {}, progress.finish),
    usage: toUsage(progress.counts, price),
    done: true,
  };
}

/** What one event adds to the answer; null for one that adds nothing to be shown. */
function readEvent(event: JsonObject, progress: Progress): ChatDelta | null {
  switch (event["type"]) {
    case "message_start":
      begin(readObject(event["message"]), progress);
      return { role: "assistant", content: "" };
    case "content_block_start":
      return beginBlock(Number(event["index"]), readObject(event["content_block"]), progress);
    case "content_block_delta":
      return readDelta(Number(event["index"]), readObject(event["delta"]), progress);
    case "content_block_stop":
      return endBlock(Number(event["index"]), progress);
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

function beginBlock(index: number, start: JsonObject, { blocks }: Progress): ChatDelta | null {
  const { type, text, thinking } = start;
  const call = [...blocks.values()].filter((block) => block.type === "tool_use").length;
  const input =
    type === "tool_use" && Object.keys(readObject(start["input"])).length > 0 ? start["input"] : null;
  blocks.set(index, {
    type,
    call,
    isWhole: input !== null,
    thinking: toText(thinking),
    signature: toText(start["signature"]),
  });
  if (type === "text") return toText(text) === "" ? null : { content: toText(text) };
  if (type === "thinking") return toText(thinking) === "" ? null : { reasoning_content: toText(thinking) };
  if (type === "redacted_thinking") return { reasoning_details: [start] };
  return type === "tool_use"
    ? { tool_calls: [toCall(call, start, input === null ? "" : JSON.stringify(input))] }
    : null;
}

function readDelta(index: number, delta: JsonObject, { blocks }: Progress): ChatDelta | null {
  const { type, text, partial_json: json, thinking, signature } = delta;
  const block = blocks.get(index);
  if (type === "text_delta" && typeof text === "string") return { content: text };
  if (type === "thinking_delta" && typeof thinking === "string") {
    if (block) block.thinking += thinking;
    return { reasoning_content: thinking };
  }
  if (type === "signature_delta" && block) block.signature += toText(signature);
  if (type !== "input_json_delta" || typeof json !== "string" || block?.type !== "tool_use" || block.isWhole)
    return null;
  return { tool_calls: [{ index: block.call, function: { arguments: json } }] };
}

/** Signed thinking goes back to the service as it came, or it refuses the results of its calls. */
function endBlock(index: number, { blocks }: Progress): ChatDelta | null {
  const block = blocks.get(index);
  if (block?.type !== "thinking" || block.signature === "") return null;
  const { thinking, signature } = block;
  return { reasoning_details: [{ type: "thinking", thinking, signature }] };
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
  const thoughts = blocks.filter(({ type }) => type === "thinking" || type === "redacted_thinking");
  const delta = {
    role: "assistant",
    // Texts, thinking and calls are parts that every reader of answers knows.
    content: blocks,
    ...(thoughts.length === 0 ? {} : { reasoning_details: thoughts }),
  } as unknown as ChatDelta;
  const finish = toFinish(body["stop_reason"]);
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

function toChunk({ id, model }: Progress, delta: ChatDelta, finish: string | null): ChatChunk {
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

function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
