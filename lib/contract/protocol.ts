import { z } from "zod";

/** Answer of `GET /health`. Only boolean `true` is up. `latency_ms` is the plugin's claim; ours is measured. */
export const PluginHealth = z.looseObject({
  healthy: z.boolean(),
  message: z.string().optional(),
  latency_ms: z.number().optional(),
  timestamp: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type PluginHealth = z.infer<typeof PluginHealth>;

/** One entry of `GET /models`. `cost_per_mtoken` is USD per million tokens, input and output together. */
export const Model = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  description: z.string().optional(),
  context_window: z.number().int().nonnegative().optional(),
  max_output_tokens: z.number().int().nonnegative().optional(),
  cost_per_mtoken: z.number().nonnegative().optional(),
  /** The model's own word about itself; a capability it does not mention is the plugin's. */
  capabilities: z
    .looseObject({
      streaming: z.boolean().optional(),
      function_calling: z.boolean().optional(),
      vision: z.boolean().optional(),
    })
    .optional(),
  deprecated: z.boolean().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type Model = z.infer<typeof Model>;

/**
 * The four roles of the guide, and `tool`: the result of one call under `tools`, sent only to plugins that declare
 * `function_calling`.
 */
export const ChatRole = z.enum(["system", "user", "assistant", "function", "tool"]);
export type ChatRole = z.infer<typeof ChatRole>;

/** A piece of a message. An image is a `data:` URL (base64) or an http(s) address that the provider fetches, never the console. */
export const ContentPart = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("image_url"),
    image_url: z.object({
      url: z.string().min(1),
      /** How closely to look, where the provider knows such a thing. */
      detail: z.enum(["auto", "low", "high"]).optional(),
    }),
  }),
]);
export type ContentPart = z.infer<typeof ContentPart>;

/** A text, or parts of one. Images reach only plugins that declare `vision`. */
export const ChatContent = z.union([z.string(), z.array(ContentPart).min(1).max(1000)]);
export type ChatContent = z.infer<typeof ChatContent>;

/** One call an assistant asks for. `arguments` is JSON as text, exactly as the model wrote it: it may be broken. */
export const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function").default("function"),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});
export type ToolCall = z.infer<typeof ToolCall>;

/** The guide's older form of a call: one, without an id. */
export const FunctionCall = z.looseObject({ name: z.string(), arguments: z.string() });
export type FunctionCall = z.infer<typeof FunctionCall>;

/** Clients send answers back as they came: null is an absent field, and the content of an assistant that only calls an empty text. */
export const ChatMessage = z
  .object({
    role: ChatRole,
    /** Null or absent only for an assistant that calls. */
    content: ChatContent.nullish(),
    name: z.string().nullish(),
    /** Of an assistant. */
    tool_calls: z.array(ToolCall).nullish(),
    /** Of a `tool` message: which call this is the result of. */
    tool_call_id: z.string().nullish(),
    function_call: FunctionCall.nullish(),
    /** Of an assistant: its reasoning, under the name of the service that gave it, and only to that service. */
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    thinking: z.string().nullish(),
    reasoning_details: z.array(z.unknown()).nullish(),
  })
  .transform((message, { addIssue }) => {
    const { role, tool_calls: calls, function_call: call } = message;
    const isCall = role === "assistant" && (Boolean(call) || (calls?.length ?? 0) > 0);
    const content = message.content ?? (isCall ? "" : null);
    if (content !== null) return withoutNulls({ ...message, content });
    addIssue({
      code: "custom",
      path: ["content"],
      message: "Missing: only an assistant with tool_calls goes without",
    });
    return z.NEVER;
  });
export type ChatMessage = z.infer<typeof ChatMessage>;

function withoutNulls<T extends object>(value: T): { [Key in keyof T]: NonNullable<T[Key]> } {
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept) as { [Key in keyof T]: NonNullable<T[Key]> };
}

/** Something the model may call. `parameters` is a JSON Schema. */
export const Tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type Tool = z.infer<typeof Tool>;

export const ToolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.object({ type: z.literal("function"), function: z.object({ name: z.string().min(1) }) }),
]);
export type ToolChoice = z.infer<typeof ToolChoice>;

/** Sampling parameters; absent means "the plugin's own default". */
export const ChatParameters = z.object({
  temperature: z.number().min(0).max(2).optional(),
  max_tokens: z.number().int().min(1).max(1_000_000).optional(),
  top_p: z.number().min(0).max(1).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  stop: z.array(z.string()).max(16).optional(),
});
export type ChatParameters = z.infer<typeof ChatParameters>;

export const ChatRequest = ChatParameters.extend({
  model: z.string().min(1),
  messages: z.array(ChatMessage).min(1),
  stream: z.boolean().optional(),
  user: z.string().optional(),
  /** Sent only to plugins that declare `function_calling`. */
  tools: z.array(Tool).max(1000).optional(),
  tool_choice: ToolChoice.optional(),
  /** What one provider knows and the protocol does not; the plugin decides what it means. */
  plugin_specific: z.record(z.string(), z.unknown()).optional(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** Token counts as the plugin reported them; a missing usage is unknown, never 0. */
export const Usage = z.looseObject({
  prompt_tokens: z.number().int().nonnegative().optional(),
  completion_tokens: z.number().int().nonnegative().optional(),
  total_tokens: z.number().int().nonnegative().optional(),
  cost_usd: z.number().nonnegative().optional(),
});
export type Usage = z.infer<typeof Usage>;

/**
 * A piece of a call. Pieces of one call share `index`; id and name come once, `arguments` are to be joined. Whole calls of a whole
 * answer have the same shape.
 */
export const ToolCallDelta = z.looseObject({
  index: z.number().int().nonnegative().optional(),
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
export type ToolCallDelta = z.infer<typeof ToolCallDelta>;

/** A whole answer (`stream: false`). */
export const ChatResponse = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  choices: z
    .array(
      z.looseObject({
        index: z.number().int().optional(),
        message: z.looseObject({
          role: z.string().optional(),
          content: z.string().nullish(),
          tool_calls: z.array(ToolCallDelta).nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: Usage.nullish(),
});
export type ChatResponse = z.infer<typeof ChatResponse>;

/** What a piece of an answer adds. */
export const ChatDelta = z.looseObject({
  role: z.string().nullish(),
  content: z.string().nullish(),
  /** Words beside the content: how the model came to its answer. */
  reasoning_content: z.string().optional(),
  /** The service's own field for them, in which they may be sent back; absent where they stood in the content. */
  reasoning_field: z.string().optional(),
  /** Opaque to us, and sent back as they are: Anthropic's signed blocks, OpenRouter's details. */
  reasoning_details: z.array(z.unknown()).nullish(),
  refusal: z.string().nullish(),
  images: z.array(ContentPart).optional(),
  tool_calls: z.array(ToolCallDelta).nullish(),
});
export type ChatDelta = z.infer<typeof ChatDelta>;

/** One frame of a streamed answer. */
export const ChatChunk = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  choices: z
    .array(
      z.looseObject({
        index: z.number().int().optional(),
        delta: ChatDelta.optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  done: z.boolean().optional(),
  usage: Usage.nullish(),
  /** What was changed in the request, or tolerated to read the answer: sentences for a person. */
  notes: z.array(z.string()).optional(),
});
export type ChatChunk = z.infer<typeof ChatChunk>;
