import { AppError, isAppError } from "../../contract/error.ts";
import type { ChatChunk, ChatMessage, ChatRequest, Usage } from "../../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import type { Upstream, UpstreamRequest } from "../../transport/client.ts";
import { toCost, type Price } from "../provider/model-prices.ts";

/** What a service turned out not to understand, learnt from its refusals. One for each time the plugin is initialised. */
export interface Quirks {
  /** It refuses `stream_options`: its streams then say no usage. */
  refusesUsage: boolean;
  /** Models that want `max_completion_tokens` instead of `max_tokens`. */
  renamedLimit: Set<string>;
}

export function createQuirks(): Quirks {
  return { refusesUsage: false, renamedLimit: new Set() };
}

/**
 * One chat. A request that the service refuses because of a field it does not know is sent once more without it; that is learnt
 * for the next time.
 */
export async function* chat(
  upstream: Upstream,
  request: ChatRequest,
  quirks: Quirks,
  price: Price | null,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk> {
  for (;;) {
    const body = toBody(request, quirks);
    let begun = false;
    try {
      for await (const chunk of readAnswer(
        upstream,
        { method: "POST", path: "/chat/completions", body },
        price,
        signal,
      )) {
        begun = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (begun || !learn(error, body, quirks)) throw error;
    }
  }
}

/** Ours to say, whatever `plugin_specific` holds. */
const OWN_FIELDS = new Set(["model", "messages", "stream", "stream_options", "n"]);

/** The protocol's request is OpenAI's, but for `plugin_specific`: its fields go beside the others. */
function toBody(request: ChatRequest, quirks: Quirks): JsonObject {
  const { plugin_specific: more = {}, max_tokens: limit, messages, stream = false, ...known } = request;
  const extra = Object.entries(more).filter(([name]) => !OWN_FIELDS.has(name));
  const limitName = quirks.renamedLimit.has(request.model) ? "max_completion_tokens" : "max_tokens";
  return {
    ...Object.fromEntries(extra),
    ...known,
    messages: messages.map(toMessage),
    ...(limit === undefined ? {} : { [limitName]: limit }),
    stream,
    ...(stream && !quirks.refusesUsage ? { stream_options: { include_usage: true } } : {}),
  };
}

/** Services say null for an assistant that only calls; some refuse an empty text. */
function toMessage(message: ChatMessage): ChatMessage | JsonObject {
  const { content, tool_calls: calls = [], function_call: call } = message;
  const isOnlyCall = content === "" && (calls.length > 0 || call !== undefined);
  return isOnlyCall ? { ...message, content: null } : message;
}

/** True when the refusal names a field that can be done without, and the next try will differ. */
function learn(error: unknown, body: JsonObject, quirks: Quirks): boolean {
  if (!isAppError(error) || error.code !== "plugin_invalid_request") return false;
  const said = `${error.message} ${error.extras.plugin?.excerpt ?? ""}`;
  if ("stream_options" in body && /stream_options|include_usage/.test(said)) {
    quirks.refusesUsage = true;
    return true;
  }
  const model = body["model"];
  if ("max_tokens" in body && typeof model === "string" && said.includes("max_completion_tokens")) {
    quirks.renamedLimit.add(model);
    return true;
  }
  return false;
}

async function* readAnswer(
  upstream: Upstream,
  request: UpstreamRequest,
  price: Price | null,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk> {
  let isComplete = false;
  for await (const message of upstream.stream(request, () => isComplete, signal)) {
    if (message.type === "end") break;
    if (message.type === "document") {
      yield toWhole(message.body, upstream.label, price);
      return;
    }
    const { name, data } = message;
    // Some put the error beside the choices of a last chunk.
    if (name === "error" || !isJsonObject(data) || data["error"]) throw upstream.toFault(request, data);
    if (isComplaint(data)) throw upstream.toFault(request, data);
    const chunk = toChunk(data, price);
    isComplete ||= chunk.choices.some((choice) => Boolean(choice.finish_reason));
    yield chunk;
  }
  // [DONE] without a finish_reason is an end all the same.
  yield { choices: isComplete ? [] : [{ index: 0, delta: {}, finish_reason: "stop" }], done: true };
}

/** Mistral and vLLM stream their complaint as it is. */
function isComplaint(data: JsonObject): boolean {
  return !("choices" in data) && (data["object"] === "error" || typeof data["message"] === "string");
}

function toChunk(data: JsonObject, price: Price | null): ChatChunk {
  const { id, object, created, model } = data;
  const groq = isJsonObject(data["x_groq"]) ? data["x_groq"]["usage"] : undefined;
  const usage = toUsage(data["usage"] ?? groq, price);
  const choices = Array.isArray(data["choices"]) ? (data["choices"] as ChatChunk["choices"]) : [];
  return {
    ...present({ id, object, created, model }),
    choices,
    ...(usage === null ? {} : { usage }),
  };
}

function toWhole(body: unknown, label: string, price: Price | null): ChatChunk {
  const choices =
    isJsonObject(body) && Array.isArray(body["choices"]) ? body["choices"].filter(isJsonObject) : [];
  if (!isJsonObject(body) || choices.length === 0) {
    throw new AppError(
      "plugin_invalid_response",
      `${label} answered POST /chat/completions without any choice.`,
      {
        hint: "Check base_url: what answers there may not be a chat service.",
      },
    );
  }
  return {
    ...toChunk({ ...body, choices: [] }, price),
    choices: choices.map(({ message, ...choice }) => ({
      ...choice,
      delta: isJsonObject(message) ? message : {},
    })),
    done: true,
  };
}

/** Counts as they were reported, with what they cost: the service's own word (OpenRouter's), else by the configured price. */
function toUsage(value: unknown, price: Price | null): Usage | null {
  if (!isJsonObject(value)) return null;
  const usage = value as Usage;
  const said = value["cost_usd"] ?? value["cost"];
  const cost = typeof said === "number" && said >= 0 ? said : toCost(usage, price);
  return cost === undefined ? usage : { ...usage, cost_usd: cost };
}

function present(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== null));
}
