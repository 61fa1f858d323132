import type { Metadata } from "../lib/contract/manifest.ts";
import type { ChatChunk } from "../lib/contract/protocol.ts";
import { textOfContent } from "../lib/core/chat-content.ts";
import type { BuiltinPlugin } from "../lib/transport/client.ts";

export const SAMPLE_METADATA: Metadata = {
  name: "Sample",
  version: "1.2.3",
  plugin_api_version: "1.0.0",
  provider_type: "sample",
  description: "For tests",
  author: "",
  capabilities: {
    streaming: true,
    function_calling: false,
    vision: false,
    embeddings: false,
    fine_tuning: false,
  },
  config_schema: [
    { name: "api_key", type: "string", required: true, description: "", sensitive: true },
    { name: "timeout", type: "int", required: false, description: "", default: 30, sensitive: false },
  ],
};

/** A well-behaved plugin; `overrides` make it special. */
export function createSamplePlugin(overrides: Partial<BuiltinPlugin> = {}): BuiltinPlugin {
  return {
    metadata: () => SAMPLE_METADATA,
    initialize: () => Promise.resolve(),
    health: () => Promise.resolve({ healthy: true, message: "OK", latency_ms: 3 }),
    models: () => Promise.resolve([{ id: "small", cost_per_mtoken: 0.5 }, { id: "large" }]),
    async *chat(request) {
      await Promise.resolve();
      const words = ["You", " said ", textOfContent(request.messages.at(-1)?.content ?? "")];
      if (request.stream !== true) {
        yield finish(words.join(""));
        return;
      }
      for (const word of words) yield delta(word);
      yield finish("");
    },
    cleanup: () => Promise.resolve(),
    ...overrides,
  };
}

export function delta(content: string): ChatChunk {
  return { id: "c1", model: "small", choices: [{ index: 0, delta: { content } }] };
}

function finish(content: string): ChatChunk {
  return {
    id: "c1",
    model: "small",
    choices: [{ index: 0, delta: { content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    done: true,
  };
}
