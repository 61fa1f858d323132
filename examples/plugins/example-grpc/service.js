// The seven calls of the plugin protocol, as plugin.proto describes them.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Server } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { parse } from "yaml";
import { readConfig } from "./config.js";
import { Fault, toFault, toServiceError } from "./fault.js";
import { createOffline } from "./offline.js";
import { fromStruct, toStruct, toValue } from "./struct.js";
import { createUpstream } from "./upstream.js";

// `defaults: false` keeps absent fields absent: a missing temperature is no temperature of 0.
const definitions = loadSync(fileURLToPath(new URL("plugin.proto", import.meta.url)), {
  keepCase: true,
  longs: Number,
  defaults: false,
});
export const SERVICE = definitions["loom.plugin.v1.ProviderPlugin"];
export const PLUGIN_ERROR = definitions["loom.plugin.v1.PluginError"];

const { metadata } = parse(readFileSync(new URL("plugin.yaml", import.meta.url), "utf8"));
const MODELS_TIMEOUT_MS = 5_000;
const MB = 1024 * 1024;

/** Defaults and enum members may be of any type, so they travel as google.protobuf.Value. */
function toMetadataMessage({ config_schema: schema, ...rest }) {
  const fields = schema.map(({ default: value, validation, ...field }) => ({
    ...field,
    ...(value !== undefined && { default: toValue(value) }),
    ...(validation && {
      validation: { ...validation, ...(validation.enum && { enum: validation.enum.map(toValue) }) },
    }),
  }));
  return { ...rest, config_schema: fields };
}

/** Keeps what the guide defines and checks what we rely on. */
function readChatRequest({ model, messages = [], plugin_specific: extra, ...parameters }) {
  if (!model) throw new Fault("invalid_request", "model is required.");
  if (messages.length === 0) throw new Fault("invalid_request", "messages must have at least one message.");
  for (const [index, message] of messages.entries()) {
    if (message.role === undefined || message.content === undefined) {
      throw new Fault("invalid_request", `messages[${index}] needs a role and a content.`);
    }
  }
  const known = [
    "temperature",
    "max_tokens",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "stop",
    "user",
  ];
  const chosen = known
    .filter((name) => parameters[name] !== undefined)
    .map((name) => [name, parameters[name]]);
  return {
    ...fromStruct(extra),
    ...Object.fromEntries(chosen),
    model,
    messages: messages.map(({ role, content, name }) => ({ role, content, ...(name && { name }) })),
  };
}

/** Makes one plugin, not initialized yet, as a gRPC server that is not bound yet. */
export function createPlugin() {
  const boot = { boot_id: randomUUID(), started_at: new Date().toISOString() };
  /** Null until Initialize and after Cleanup: `{ provider, closing }`. */
  let running = null;

  const requireRunning = () => {
    if (running) return running;
    throw new Fault("invalid_request", "The plugin is not initialized. Call Initialize first.");
  };

  /** What both kinds of chat begin with. The signal aborts when the caller leaves or the plugin is cleaned up. */
  function beginChat(call, object) {
    const { provider, closing } = requireRunning();
    const request = readChatRequest(call.request);
    const left = new AbortController();
    call.on("cancelled", () => left.abort());
    const created = Math.floor(Date.now() / 1000);
    return {
      provider,
      request,
      signal: AbortSignal.any([left.signal, closing.signal]),
      envelope: { id: `chatcmpl-${randomUUID()}`, object, created, model: request.model },
    };
  }

  /** A call with one answer. */
  const unary = (work) => async (call, answer) => {
    try {
      answer(null, await work(call));
    } catch (error) {
      if (!call.cancelled) answer(toServiceError(toFault(error), PLUGIN_ERROR));
    }
  };

  async function streamChat(call) {
    try {
      const { provider, request, signal, envelope } = beginChat(call, "chat.completion.chunk");
      for await (const chunk of provider.stream(request, signal)) {
        if (!call.write({ ...envelope, ...chunk })) await once(call, "drain", { signal });
      }
      call.end();
    } catch (error) {
      if (!call.cancelled) call.emit("error", toServiceError(toFault(error), PLUGIN_ERROR));
    }
  }

  const server = new Server({
    "grpc.max_receive_message_length": 4 * MB,
    "grpc.max_send_message_length": 4 * MB,
  });
  server.addService(SERVICE, {
    GetMetadata: unary(() => toMetadataMessage(metadata)),

    // May be called again at any time with a complete new configuration; answers under way keep the old one.
    Initialize: unary(({ request }) => {
      const config = readConfig(metadata.config_schema, fromStruct(request.config));
      const provider = config.offline ? createOffline(config) : createUpstream(config);
      running = { provider, closing: running?.closing ?? new AbortController() };
      return {};
    }),

    HealthCheck: unary(async () => {
      const began = performance.now();
      const check = running
        ? await running.provider.check()
        : { healthy: false, message: "not initialized", status: "not_initialized" };
      return {
        healthy: check.healthy,
        message: check.message,
        latency_ms: Math.round(performance.now() - began),
        timestamp: new Date().toISOString(),
        details: toStruct({ ...boot, provider_status: check.status }),
      };
    }),

    GetModels: unary(async () => {
      const models = await requireRunning().provider.models(AbortSignal.timeout(MODELS_TIMEOUT_MS));
      return {
        models: models.map(({ metadata: extra, ...model }) => ({
          ...model,
          ...(extra && { metadata: toStruct(extra) }),
        })),
      };
    }),

    CreateChatCompletion: unary(async (call) => {
      const { provider, request, signal, envelope } = beginChat(call, "chat.completion");
      return { ...envelope, ...(await provider.complete(request, signal)) };
    }),

    CreateChatCompletionStream: streamChat,

    Cleanup: unary(() => {
      running?.closing.abort(new Fault("provider_unavailable", "The plugin was switched off."));
      running = null;
      return {};
    }),
  });
  return server;
}
