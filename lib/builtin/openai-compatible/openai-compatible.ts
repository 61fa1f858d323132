import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { BuiltinPlugin, OpenUpstream, Upstream } from "../../transport/client.ts";
import { openService, PATIENCE, proveAccess } from "../provider/connection.ts";
import { ModelService, readListing, type Listing } from "../provider/model-service.ts";
import { chat, createQuirks, type Quirks } from "./chat.ts";
import { toModel } from "./models.ts";
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
  service: ModelService;
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

  async function list(upstream: Upstream, settings: Settings, signal?: AbortSignal): Promise<Listing> {
    const { body } = await upstream.ask({ method: "GET", path: "/models" }, signal);
    const { models, warnings } = readListing(upstream, "/models", body, (entry) => toModel(entry, settings));
    return { models, warnings: [...settings.notes, ...warnings] };
  }

  async function describe(upstream: Upstream, settings: Settings, signal?: AbortSignal): Promise<string> {
    const { models, warnings } = await list(upstream, settings, signal);
    const count = models.length === 1 ? "1 model" : `${models.length} models`;
    return [`answers, with ${count}`, ...warnings].join("; ");
  }

  return {
    metadata: () => METADATA,
    address: ADDRESS,
    async initialize(config, signal) {
      const settings = toSettings(config);
      const { baseUrl, headers, query, secrets, timeoutMs } = settings;
      const limits = { firstByteMs: timeoutMs, idleMs: timeoutMs };
      const upstream = openService(openUpstream, { baseUrl, headers, query, secrets, ...limits });
      await proveAccess(() => list(upstream, settings, signal));
      const service = new ModelService(upstream, (asking) => describe(upstream, settings, asking));
      connection = { settings, upstream, service, quirks: createQuirks() };
    },
    async health(signal) {
      return connection?.service.health(signal) ?? { healthy: false, message: "Not initialized yet" };
    },
    async models(signal, warn) {
      const { upstream, settings } = requireConnection();
      const { models, warnings } = await list(upstream, settings, signal);
      for (const warning of warnings) warn?.(warning);
      return models;
    },
    chat(request, signal) {
      const { upstream, settings, service, quirks } = requireConnection();
      return service.watch(chat(upstream, request, quirks, settings.priceOf(request.model), signal));
    },
    cleanup() {
      connection = null;
      return Promise.resolve();
    },
    timeouts: () => PATIENCE,
  };
}
