import { AppError } from "../../contract/error.ts";
import type { ChatContent, ChatMessage, ChatRequest, Tool, ToolChoice } from "../../contract/protocol.ts";
import { textOfContent } from "../../core/chat-content.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";

/** One turn as the Messages API wants it. */
interface Turn {
  role: "user" | "assistant";
  content: JsonObject[];
}

/** Ours to say, whatever `plugin_specific` holds. */
const OWN_FIELDS = new Set(["model", "messages", "system", "stream"]);

/** What is sent, and what of the request was left out or changed, for a person. */
export interface AnthropicRequest {
  body: JsonObject;
  notes: string[];
}

/**
 * A chat as the Messages API wants it: system messages in front, turns that alternate, results of tools in the user's turn. Penalties
 * do not exist there and are left out; temperatures end at 1. Throws `plugin_invalid_request` with the path of what cannot be said.
 */
export function toBody(request: ChatRequest, defaultMaxTokens: number): AnthropicRequest {
  const {
    model,
    messages,
    stream = false,
    temperature,
    top_p,
    stop,
    user,
    tools,
    tool_choice: choice,
  } = request;
  const system = messages
    .filter(({ role }) => role === "system")
    .map(({ content }) => textOfContent(content));
  const stops = stop?.filter((text) => text.trim() !== "");
  const notes = findAlterations(request);
  const body = {
    ...Object.fromEntries(
      Object.entries(request.plugin_specific ?? {}).filter(([name]) => !OWN_FIELDS.has(name)),
    ),
    model,
    max_tokens: request.max_tokens ?? defaultMaxTokens,
    messages: toTurns(messages),
    stream,
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
    ...(temperature === undefined ? {} : { temperature: Math.min(1, temperature) }),
    // Newer models refuse a request that sets both.
    ...(top_p === undefined || temperature !== undefined ? {} : { top_p }),
    ...(stops === undefined || stops.length === 0 ? {} : { stop_sequences: stops }),
    ...(user === undefined ? {} : { metadata: { user_id: user } }),
    ...(tools === undefined ? {} : { tools: tools.map(toTool) }),
    ...(choice === undefined || tools === undefined ? {} : { tool_choice: toChoice(choice) }),
  };
  return { body, notes };
}

function findAlterations(request: ChatRequest): string[] {
  const { temperature, top_p: topP, frequency_penalty: frequency, presence_penalty: presence } = request;
  const notes: string[] = [];
  if (temperature !== undefined && topP !== undefined)
    notes.push("top_p was left out: Anthropic takes temperature or top_p, not both.");
  if (temperature !== undefined && temperature > 1)
    notes.push("temperature was lowered to 1: Anthropic takes no more.");
  if (Boolean(frequency) || Boolean(presence)) notes.push("Penalties were left out: Anthropic knows none.");
  return notes;
}

function toTurns(messages: readonly ChatMessage[]): Turn[] {
  const turns: Turn[] = [];
  let lastFunction = "";
  for (const [index, message] of messages.entries()) {
    if (message.role === "system") continue;
    if (message.function_call) lastFunction = `function_${index}`;
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = toBlocks(message, index, lastFunction);
    const last = turns.at(-1);
    if (content.length === 0) continue;
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

/** `functionId` ties the guide's older calls, which have no ids, to their results. */
function toBlocks(message: ChatMessage, index: number, functionId: string): JsonObject[] {
  const { role, content, tool_calls: calls = [], tool_call_id: callId, function_call: call } = message;
  const at = `messages[${index}]`;
  if (role === "tool" || (role === "function" && functionId !== "")) {
    if (role === "tool" && callId === undefined)
      throw refuse(`${at}.tool_call_id`, "a result of a tool says which call it belongs to");
    return [{ type: "tool_result", tool_use_id: callId ?? functionId, content: toContent(content, at) }];
  }
  const uses = calls.map((one, position) => ({
    type: "tool_use",
    id: one.id,
    name: one.function.name,
    input: parseInput(one.function.arguments, `${at}.tool_calls[${position}].function.arguments`),
  }));
  const older = call
    ? [
        {
          type: "tool_use",
          id: functionId,
          name: call.name,
          input: parseInput(call.arguments, `${at}.function_call.arguments`),
        },
      ]
    : [];
  return [...toThoughts(message), ...toContent(content, at), ...uses, ...older];
}

/** Signed thinking of an earlier answer, as it came: the API wants it before the calls that it led to. */
function toThoughts({ role, reasoning_details: details = [] }: ChatMessage): JsonObject[] {
  if (role !== "assistant") return [];
  return details
    .filter(isJsonObject)
    .filter(({ type }) => type === "thinking" || type === "redacted_thinking");
}

/** Empty texts are left out: the API refuses them. */
function toContent(content: ChatContent, at: string): JsonObject[] {
  if (typeof content === "string") return content.trim() === "" ? [] : [{ type: "text", text: content }];
  return content.flatMap((part, index): JsonObject[] => {
    if (part.type === "text") return part.text.trim() === "" ? [] : [{ type: "text", text: part.text }];
    return [{ type: "image", source: toSource(part.image_url.url, `${at}.content[${index}].image_url.url`) }];
  });
}

function toSource(url: string, at: string): JsonObject {
  const inline = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(url);
  if (inline) return { type: "base64", media_type: inline[1], data: (inline[2] ?? "").replace(/\s+/g, "") };
  if (/^https?:\/\//i.test(url)) return { type: "url", url };
  throw refuse(at, "an image is a data: URL in base64, or an http address");
}

function parseInput(text: string, at: string): JsonObject {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Said below.
  }
  throw refuse(at, "the arguments of a call are one JSON object");
}

function toTool({ function: { name, description, parameters } }: Tool): JsonObject {
  const schema = parameters ?? { type: "object", properties: {} };
  return { name, ...(description === undefined ? {} : { description }), input_schema: schema };
}

function toChoice(choice: ToolChoice): JsonObject {
  if (typeof choice === "object") return { type: "tool", name: choice.function.name };
  return { type: choice === "required" ? "any" : choice };
}

function refuse(path: string, rule: string): AppError {
  return new AppError("plugin_invalid_request", `${path} cannot be sent to Anthropic: ${rule}.`, {
    field: path,
  });
}
