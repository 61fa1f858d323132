import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { ChatChunk, ChatRequest, Model, Usage } from "../../contract/protocol.ts";
import { countWords } from "../../core/chat-content.ts";
import type { Clock } from "../../core/clock.ts";
import type { BuiltinPlugin } from "../../transport/client.ts";
import { answer } from "./conversation.ts";
import { CONFIG_SCHEMA, toSettings, type Settings } from "./settings.ts";

const MODEL: Model = {
  id: "eliza-1966",
  name: "ELIZA (1966)",
  description: "Joseph Weizenbaum's program: rules and no weights. One word counts as one token.",
  cost_per_mtoken: 0,
  capabilities: { streaming: true },
};

const METADATA: Metadata = {
  name: "ELIZA",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "eliza",
  description: "A conversation with no key, no cost and no network: the psychotherapist of 1966.",
  author: "Loom Console, after Joseph Weizenbaum; rules by Norbert Landsteiner (elizabot)",
  license: "MIT",
  capabilities: {
    streaming: true,
    function_calling: false,
    vision: false,
    embeddings: false,
    fine_tuning: false,
  },
  config_schema: CONFIG_SCHEMA,
};

/** ELIZA as a built-in plugin. Holds its settings and nothing about conversations. `clock` paces the words. */
export function createEliza(clock: Clock): BuiltinPlugin {
  let settings: Settings | null = null;

  return {
    metadata: () => METADATA,
    initialize(config) {
      settings = toSettings(config);
      return Promise.resolve();
    },
    health: () =>
      Promise.resolve(
        settings
          ? { healthy: true, message: "Listening" }
          : { healthy: false, message: "Not initialized yet" },
      ),
    models: () => Promise.resolve([MODEL]),
    chat(request, signal) {
      if (settings === null) {
        throw new AppError("plugin_not_initialized", "ELIZA has not been initialised yet.", {
          hint: "Switch the plugin on.",
        });
      }
      return speak(request, settings, clock, signal);
    },
    cleanup() {
      settings = null;
      return Promise.resolve();
    },
  };
}

async function* speak(
  request: ChatRequest,
  settings: Settings,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk> {
  if (request.model !== MODEL.id) {
    throw new AppError("plugin_model_not_found", `ELIZA has no model named ${request.model.slice(0, 100)}.`, {
      hint: `Choose ${MODEL.id}.`,
    });
  }
  const frame = {
    id: `eliza-${clock.now()}`,
    object: "chat.completion.chunk",
    created: Math.floor(clock.now() / 1000),
    model: MODEL.id,
  };
  const { words, isCut } = toWords(answer(request.messages, settings), request);
  const finish_reason = isCut ? "length" : "stop";
  const usage = toUsage(request, words);

  await clock.sleep(settings.thinkingSeconds * 1000, signal);
  if (request.stream !== true) {
    const delta = { role: "assistant", content: words.join(" ") };
    yield { ...frame, choices: [{ index: 0, delta, finish_reason }], usage, done: true };
    return;
  }
  for (const [index, word] of words.entries()) {
    if (signal.aborted) return;
    if (index > 0) await clock.sleep(1000 / settings.wordsPerSecond, signal);
    const delta = index === 0 ? { role: "assistant", content: word } : { content: ` ${word}` };
    yield { ...frame, choices: [{ index: 0, delta, finish_reason: null }] };
  }
  yield { ...frame, choices: [{ index: 0, delta: {}, finish_reason }], usage, done: true };
}

/** The words to say, within the request's `stop` and `max_tokens`. */
function toWords(
  text: string,
  { stop, max_tokens: maxTokens }: ChatRequest,
): { words: string[]; isCut: boolean } {
  const stops = (stop ?? []).filter(Boolean).map((sequence) => text.indexOf(sequence));
  const end = Math.min(text.length, ...stops.filter((index) => index !== -1));
  const words = text.slice(0, end).split(" ").filter(Boolean);
  const isCut = maxTokens !== undefined && words.length > maxTokens;
  return { words: isCut ? words.slice(0, maxTokens) : words, isCut };
}

/** ELIZA has no tokenizer: one word counts as one token, and the model's description says so. */
function toUsage({ messages }: ChatRequest, words: string[]): Usage {
  const promptTokens = countWords(messages);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: words.length,
    total_tokens: promptTokens + words.length,
    cost_usd: 0,
  };
}
