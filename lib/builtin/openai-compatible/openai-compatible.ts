import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { JsonObject } from "../../core/json-object.ts";
import type { BuiltinPlugin, OpenUpstream, Upstream } from "../../transport/client.ts";
import { openService, PATIENCE, proveAccess } from "../provider/connection.ts";
import { chat, createQuirks, type Quirks } from "./chat.ts";
import { toModelList, toModels } from "./models.ts";
import { ADDRESS, CONFIG_SCHEMA, toSettings, type Settings } from "./settings.ts";

const METADATA: Metadata = {
  name: "OpenAI-compatible",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "openai-compatible",
  description:
    "Any service that speaks OpenAI's chat completions: OpenAI itself, OpenRouter, Groq, Mistral, DeepSeek, or a local Ollama, vLLM or LM Studio.",
  author: "Loom Console",
  license: "MIT",
  capabilities: {
    streaming: true,
    function_calling: true,
    vision: true,
    embeddings: false,
    fine_tuning: false,
  },
  config_schema: CONFIG_SCHEMA,
};

/** What there is between initialize and cleanup. */
interface Connection {
  settings: Settings;
  upstream: Upstream;
  quirks: Quirks;
}

/** A built-in plugin that speaks OpenAI's chat completions to one service. */
export function createOpenAiCompatible(openUpstream: OpenUpstream): BuiltinPlugin {
  let connection: Connection | null = null;

  function requireConnection(): Connection {
    if (connection) return connection;
    throw new AppError("plugin_not_initialized", "The plugin has not been initialised yet.", {
      hint: "Switch the plugin on.",
    });
  }

  async function list(upstream: Upstream, signal?: AbortSignal): Promise<JsonObject[]> {
    const { body } = await upstream.ask({ method: "GET", path: "/models" }, signal);
    const models = toModelList(body);
    if (models) return models;
    throw new AppError(
      "plugin_invalid_response",
      `${upstream.label} answered GET /models without a list of models.`,
      {
        hint: "Check base_url: for most services it ends in /v1.",
      },
    );
  }

  return {
    metadata: () => METADATA,
    address: ADDRESS,
    async initialize(config, signal) {
      const settings = toSettings(config);
      const { baseUrl, headers, secrets, timeoutMs } = settings;
      const limits = { firstByteMs: timeoutMs, idleMs: timeoutMs };
      const upstream = openService(openUpstream, { baseUrl, headers, secrets, ...limits });
      await proveAccess(() => list(upstream, signal));
      connection = { settings, upstream, quirks: createQuirks() };
    },
    async health(signal) {
      if (!connection) return { healthy: false, message: "Not initialized yet" };
      const models = await list(connection.upstream, signal);
      const count = models.length === 1 ? "1 model" : `${models.length} models`;
      return { healthy: true, message: `${connection.upstream.label} answers, with ${count}` };
    },
    async models(signal) {
      const { upstream, settings } = requireConnection();
      return toModels(await list(upstream, signal), settings);
    },
    chat(request, signal) {
      const { upstream, settings, quirks } = requireConnection();
      return chat(upstream, request, quirks, settings.priceOf(request.model), signal);
    },
    cleanup() {
      connection = null;
      return Promise.resolve();
    },
    timeouts: () => PATIENCE,
  };
}
