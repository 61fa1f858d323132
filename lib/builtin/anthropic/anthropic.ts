import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { ChatChunk } from "../../contract/protocol.ts";
import type { BuiltinPlugin, OpenUpstream, Upstream } from "../../transport/client.ts";
import { openService, PATIENCE, proveAccess } from "../provider/connection.ts";
import { ModelService } from "../provider/model-service.ts";
import { readAnswer } from "./answer.ts";
import { listModels, readPage } from "./models.ts";
import { toBody } from "./request.ts";
import { ADDRESS, CONFIG_SCHEMA, toSettings, type Settings } from "./settings.ts";

const METADATA: Metadata = {
  name: "Anthropic",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "anthropic",
  description: "Claude models over Anthropic's Messages API, with a key of yours.",
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

/** A built-in plugin that speaks Anthropic's Messages API. */
export function createAnthropic(openUpstream: OpenUpstream): BuiltinPlugin {
  let connection: { settings: Settings; upstream: Upstream; service: ModelService } | null = null;

  function requireConnection() {
    if (connection) return connection;
    throw new AppError("plugin_not_initialized", "The plugin has not been initialised yet.", {
      hint: "Switch the plugin on.",
    });
  }

  return {
    metadata: () => METADATA,
    address: ADDRESS,
    async initialize(config, signal) {
      const settings = toSettings(config);
      const { baseUrl, headers, secrets, timeoutMs } = settings;
      const limits = { firstByteMs: timeoutMs, idleMs: timeoutMs };
      const upstream = openService(openUpstream, { baseUrl, headers, secrets, ...limits });
      const ask = (asking?: AbortSignal) => readPage(upstream, settings, { limit: 1, after: null }, asking);
      await proveAccess(() => ask(signal));
      const service = new ModelService(upstream, async (asking) => {
        const { warnings } = await ask(asking);
        return ["answers and accepts the key", ...settings.notes, ...warnings].join("; ");
      });
      connection = { settings, upstream, service };
    },
    async health(signal) {
      return connection?.service.health(signal) ?? { healthy: false, message: "Not initialized yet" };
    },
    async models(signal, warn) {
      const { upstream, settings } = requireConnection();
      const { models, warnings } = await listModels(upstream, settings, signal);
      for (const warning of warnings) warn?.(warning);
      return models;
    },
    chat(request, signal) {
      const { upstream, settings, service } = requireConnection();
      const { body, notes } = toBody(request, settings.maxTokens);
      const price = settings.priceOf(request.model);
      const answer = readAnswer(upstream, { method: "POST", path: "/v1/messages", body }, price, signal);
      return service.watch(withNotes(answer, notes));
    },
    cleanup() {
      connection = null;
      return Promise.resolve();
    },
    timeouts: () => PATIENCE,
  };
}

/** An answer whose first chunk says what was changed in the request. */
async function* withNotes(answer: AsyncIterable<ChatChunk>, notes: string[]): AsyncGenerator<ChatChunk> {
  let rest = notes;
  for await (const chunk of answer) {
    yield rest.length === 0 ? chunk : { ...chunk, notes: [...rest, ...(chunk.notes ?? [])] };
    rest = [];
  }
}
