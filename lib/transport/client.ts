import type { Metadata } from "../contract/manifest.ts";
import type { ChatChunk, ChatRequest, Model, PluginHealth } from "../contract/protocol.ts";
import type { ConfigValues } from "../contract/plugin.ts";

/** An answer, how long it took (ms, monotonic, request sent to body read), and every leniency that was needed to read it. */
export interface Reply<T> {
  value: T;
  latencyMs: number;
  /** Sentences such as "timestamp has no time zone: Loom refuses it". */
  warnings: string[];
}

/**
 * One plugin, whatever its transport. Every method fails with an `AppError` whose code starts with `plugin_`
 * (or `request_aborted` when `signal` was aborted by the caller, `address_forbidden` when the guard refused the peer).
 * Deadlines and caps are those of the protocol page and are the client's own duty; `signal` only ever shortens them.
 * Methods may run concurrently. Nothing is retried here.
 */
export interface PluginClient {
  metadata(signal?: AbortSignal): Promise<Reply<Metadata>>;
  /** Sends the complete effective configuration, secrets included. */
  initialize(config: ConfigValues, signal?: AbortSignal): Promise<Reply<null>>;
  health(signal?: AbortSignal): Promise<Reply<PluginHealth>>;
  models(signal?: AbortSignal): Promise<Reply<Model[]>>;
  /**
   * Streams when `request.stream` is true and the plugin does; a whole answer arrives as one chunk.
   * The upstream request is aborted as soon as the consumer returns from its loop or `signal` aborts.
   * Ends normally only after a finish_reason or `done`; otherwise throws `plugin_stream_truncated`.
   */
  chat(request: ChatRequest, signal?: AbortSignal): AsyncIterable<ChatChunk>;
  cleanup(signal?: AbortSignal): Promise<Reply<null>>;
  /** Closes every connection. Safe to call twice; pending calls fail with `request_aborted`. */
  close(): Promise<void>;
}

/** A plugin compiled into the console. The same calls, without wire, deadlines or caps: `createBuiltinClient` adds those. */
export interface BuiltinPlugin {
  metadata(): Metadata;
  initialize(config: ConfigValues): Promise<void>;
  health(): Promise<PluginHealth>;
  models(): Promise<Model[]>;
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatChunk>;
  cleanup(): Promise<void>;
}

/** Makes a fresh instance; one per registration. */
export type BuiltinFactory = () => BuiltinPlugin;
