import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { BuiltinPlugin, OpenUpstream, Upstream } from "../../transport/client.ts";
import { openService, PATIENCE, proveAccess } from "../provider/connection.ts";
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
  let connection: { settings: Settings; upstream: Upstream } | null = null;

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
      await proveAccess(() => readPage(upstream, 1, null, signal));
      connection = { settings, upstream };
    },
    async health(signal) {
      if (!connection) return { healthy: false, message: "Not initialized yet" };
      await readPage(connection.upstream, 1, null, signal);
      return { healthy: true, message: `${connection.upstream.label} answers and accepts the key` };
    },
    async models(signal) {
      const { upstream, settings } = requireConnection();
      return listModels(upstream, settings, signal);
    },
    chat(request, signal) {
      const { upstream, settings } = requireConnection();
      const body = toBody(request, settings.maxTokens);
      const price = settings.priceOf(request.model);
      return readAnswer(upstream, { method: "POST", path: "/v1/messages", body }, price, signal);
    },
    cleanup() {
      connection = null;
      return Promise.resolve();
    },
    timeouts: () => PATIENCE,
  };
}
