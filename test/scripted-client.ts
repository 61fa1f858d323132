import { AppError } from "../lib/contract/error.ts";
import { Metadata } from "../lib/contract/manifest.ts";
import type { ConfigValues } from "../lib/contract/plugin.ts";
import type { ChatChunk, ChatRequest, Model, PluginHealth } from "../lib/contract/protocol.ts";
import { textOfContent } from "../lib/core/chat-content.ts";
import type { PluginClient, Reply } from "../lib/transport/client.ts";

/** What each call does; replace one to script a fault. The signal is the caller's: `hang(signal)` waits for it. */
export interface Script {
  metadata(signal?: AbortSignal): Promise<Metadata> | Metadata;
  initialize(config: ConfigValues, signal?: AbortSignal): Promise<void> | void;
  health(signal?: AbortSignal): Promise<PluginHealth> | PluginHealth;
  models(signal?: AbortSignal): Promise<Model[]> | Model[];
  chat(request: ChatRequest, signal?: AbortSignal): AsyncIterable<ChatChunk>;
  cleanup(signal?: AbortSignal): Promise<void> | void;
}

/** A plugin in memory that behaves like a process: it can die, come back and forget what it was sent. */
export interface ScriptedPlugin {
  /** Current behaviour; starts out well behaved. */
  script: Script;
  /** `metadata`, `initialize` …, oldest first, failing ones included. */
  calls: string[];
  /** What `/initialize` was sent, oldest first. */
  configs: ConfigValues[];
  /** Requests of chats, oldest first. */
  requests: ChatRequest[];
  /** True while it has its configuration. */
  isInitialized(): boolean;
  /** The process ends: every call is refused until `start`. */
  kill(): void;
  /** A new process, which knows nothing. */
  start(): void;
  openClients(): number;
  /** A new connection to it. */
  connect(): PluginClient;
}

export function createScriptedPlugin(providerType = "acme"): ScriptedPlugin {
  let alive = true;
  let initialized = false;
  let open = 0;
  const calls: string[] = [];
  const configs: ConfigValues[] = [];
  const requests: ChatRequest[] = [];

  const script: Script = {
    metadata: () => Metadata.parse({ name: "Acme", version: "1.0.0", provider_type: providerType }),
    initialize: () => undefined,
    health: () => ({ healthy: true }),
    models: () => [{ id: "acme-1" }],
    chat: (request) => echo(request),
    cleanup: () => undefined,
  };

  async function call<T>(name: string, work: () => Promise<T> | T): Promise<Reply<T>> {
    calls.push(name);
    if (!alive) throw unreachable();
    return { value: await work(), latencyMs: 7, warnings: [] };
  }

  function connect(): PluginClient {
    let closed = false;
    open += 1;
    return {
      redact: () => undefined,
      metadata: (signal) => call("metadata", () => script.metadata(signal)),
      initialize: (config, signal) =>
        call("initialize", async () => {
          configs.push(config);
          await script.initialize(config, signal);
          initialized = true;
          return null;
        }),
      health: (signal) => call("health", () => script.health(signal)),
      models: (signal) => call("models", () => script.models(signal)),
      async *chat(request, signal) {
        calls.push("chat");
        requests.push(request);
        if (!alive) throw unreachable();
        yield* script.chat(request, signal);
      },
      cleanup: (signal) =>
        call("cleanup", async () => {
          await script.cleanup(signal);
          initialized = false;
          return null;
        }),
      async close() {
        if (!closed) open -= 1;
        closed = true;
      },
    };
  }

  return {
    script,
    calls,
    configs,
    requests,
    isInitialized: () => initialized,
    kill: () => void (alive = false),
    start() {
      alive = true;
      initialized = false;
    },
    openClients: () => open,
    connect,
  };
}

function unreachable(): AppError {
  return new AppError("plugin_unreachable", "Nothing answers at 127.0.0.1:8090");
}

/** Never answers; fails as a client does when its caller gives up. */
export function hang(signal?: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(new AppError("request_aborted", "The request was given up"));
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}

/** One piece of answer with the given text. */
export function toChunk(content: string, finishReason?: string): ChatChunk {
  return { choices: [{ index: 0, delta: { content }, finish_reason: finishReason }] };
}

async function* echo(request: ChatRequest): AsyncGenerator<ChatChunk> {
  yield toChunk(textOfContent(request.messages.at(-1)?.content ?? ""));
  yield toChunk("", "stop");
}
