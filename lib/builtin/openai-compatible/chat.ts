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
    if (message.type === "warning") {
      yield { choices: [], notes: [message.text] };
      continue;
    }
    const chunk = toChunk(message.data, upstream.label, price);
    isComplete ||= chunk.choices.some((choice) => Boolean(choice.finish_reason));
    yield chunk;
  }
  // [DONE] without a finish_reason is an end all the same.
  yield { choices: [], done: true };
}

/** The service's own object, whose choices `createBuiltinClient` reads as it reads every plugin's. */
function toChunk(data: unknown, label: string, price: Price | null): ChatChunk {
  if (!isJsonObject(data)) throw notAnAnswer(label, "with something that is no object");
  const { usage: said, x_groq: groq, ...chunk } = data;
  const usage = toUsage(said ?? (isJsonObject(groq) ? groq["usage"] : undefined), price);
  const { choices } = data;
  return {
    ...chunk,
    choices: Array.isArray(choices) ? (choices as ChatChunk["choices"]) : [],
    ...(usage === null ? {} : { usage }),
  };
}

function toWhole(body: unknown, label: string, price: Price | null): ChatChunk {
  const chunk = toChunk(body, label, price);
  if (chunk.choices.length === 0) throw notAnAnswer(label, "without any choice");
  return { ...chunk, done: true };
}

function notAnAnswer(label: string, how: string): AppError {
  return new AppError("plugin_invalid_response", `${label} answered POST /chat/completions ${how}.`, {
    hint: "Check base_url: what answers there may not be a chat service.",
  });
}

/** Counts as they were reported, with what they cost: the service's own word (OpenRouter's), else by the configured price. */
function toUsage(value: unknown, price: Price | null): Usage | null {
  if (!isJsonObject(value)) return null;
  const usage = value as Usage;
  const said = value["cost_usd"] ?? value["cost"];
  const cost = typeof said === "number" && said >= 0 ? said : toCost(usage, price);
  return cost === undefined ? usage : { ...usage, cost_usd: cost };
}
