import { z } from "zod";
import { ErrorInfo } from "./error.ts";
import { ChatMessage, ChatRequest, ContentPart, ToolCall } from "./protocol.ts";

/**
 * What a chat carries besides model and messages. `stream: false` asks for the answer as a whole; absent or true, it is streamed
 * where plugin and model can.
 */
export const RunParameters = ChatRequest.omit({ model: true, messages: true }).strict();
export type RunParameters = z.infer<typeof RunParameters>;

export const RunPane = z.strictObject({
  /** Its id, or its name. */
  pluginId: z.string().min(1),
  model: z.string().min(1).max(300),
  parameters: RunParameters.optional(),
});
export type RunPane = z.infer<typeof RunPane>;

/** `POST /api/playground/runs`. All panes answer the same messages; a system prompt is the first message. */
export const RunRequest = z.strictObject({
  panes: z.array(RunPane).min(1).max(4),
  messages: z.array(ChatMessage).min(1).max(1000),
  mode: z.enum(["parallel", "sequential"]).default("parallel"),
});
export type RunRequest = z.infer<typeof RunRequest>;

/** Measured on the server; null means unknown, never 0. */
export const RunStats = z.object({
  /** First token with text after the request left, ms. */
  ttftMs: z.number().nonnegative().nullable(),
  totalMs: z.number().nonnegative(),
  promptTokens: z.number().int().nonnegative().nullable(),
  completionTokens: z.number().int().nonnegative().nullable(),
  tokensPerSecond: z.number().nonnegative().nullable(),
  costUsd: z.number().nonnegative().nullable(),
  /** True when we computed the cost from the model's price instead of hearing it from the plugin. */
  costEstimated: z.boolean(),
});
export type RunStats = z.infer<typeof RunStats>;

/** Reasoning as its service gave it, for a message of the conversation: one field of its own, and what is opaque to us. */
export const SentReasoning = z.object({
  reasoning_content: z.string().optional(),
  reasoning: z.string().optional(),
  thinking: z.string().optional(),
  reasoning_details: z.array(z.unknown()).optional(),
});
export type SentReasoning = z.infer<typeof SentReasoning>;

/** Events of the run's stream; `pane` is the index in the request. Each pane ends with exactly one `done` or `error`. */
export const RunEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), pane: z.number().int(), startedAt: z.iso.datetime() }),
  z.object({ type: z.literal("delta"), pane: z.number().int(), text: z.string() }),
  /** Words beside the answer: how the model came to it. */
  z.object({ type: z.literal("reasoning"), pane: z.number().int(), text: z.string() }),
  /** The model refuses, in these words. */
  z.object({ type: z.literal("refusal"), pane: z.number().int(), text: z.string() }),
  z.object({
    type: z.literal("done"),
    pane: z.number().int(),
    finishReason: z.string(),
    /** What the model asks to be called, when that is (part of) its answer. */
    toolCalls: z.array(ToolCall).optional(),
    images: z.array(ContentPart).optional(),
    /** What to give back with the conversation, under the service's own names; absent where the reasoning stood in the content. */
    sentReasoning: SentReasoning.optional(),
    /** What was changed in the request, or tolerated to read the answer. */
    notes: z.array(z.string()).optional(),
    stats: RunStats,
  }),
  z.object({ type: z.literal("error"), pane: z.number().int(), error: ErrorInfo, stats: RunStats }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
