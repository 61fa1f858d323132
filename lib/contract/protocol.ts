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
  capabilities: z.looseObject({ streaming: z.boolean().optional() }).optional(),
  deprecated: z.boolean().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type Model = z.infer<typeof Model>;

export const ChatRole = z.enum(["system", "user", "assistant", "function"]);
export type ChatRole = z.infer<typeof ChatRole>;

export const ChatMessage = z.object({
  role: ChatRole,
  content: z.string(),
  name: z.string().optional(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

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

/** A whole answer (`stream: false`). */
export const ChatResponse = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  choices: z
    .array(
      z.looseObject({
        index: z.number().int().optional(),
        message: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: Usage.nullish(),
});
export type ChatResponse = z.infer<typeof ChatResponse>;

/** One frame of a streamed answer. */
export const ChatChunk = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  choices: z
    .array(
      z.looseObject({
        index: z.number().int().optional(),
        delta: z.looseObject({ role: z.string().nullish(), content: z.string().nullish() }).optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  done: z.boolean().optional(),
  usage: Usage.nullish(),
});
export type ChatChunk = z.infer<typeof ChatChunk>;
