import type { AddressField } from "../contract/config.ts";
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
 * Methods may run concurrently. Nothing is retried but reads of a plugin that says its trouble passes (`retry.ts`).
 */
export interface PluginClient {
  /**
   * Names secrets that the plugin may know from earlier: from now on they are masked in whatever it says. Those of a configuration
   * are known by `initialize` itself.
   */
  redact(secrets: readonly string[]): void;
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

/**
 * A plugin compiled into the console. The same calls, without wire, deadlines or caps: `createBuiltinClient` adds those, and aborts
 * `signal` when one of them is reached or nobody waits any more.
 */
export interface BuiltinPlugin {
  metadata(): Metadata;
  /** The field that says where it goes: its secrets belong to that origin. Absent for one that reaches nothing outside. */
  readonly address?: AddressField;
  initialize(config: ConfigValues, signal?: AbortSignal): Promise<void>;
  health(signal?: AbortSignal): Promise<PluginHealth>;
  /** `warn` takes what is to be said about the list: entries that were left out, or that there is none. */
  models(signal?: AbortSignal, warn?: (text: string) => void): Promise<Model[]>;
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatChunk>;
  cleanup(signal?: AbortSignal): Promise<void>;
  /** Deadlines of a chat that its configuration asks for, in ms; asked when one begins. */
  timeouts?(): { firstByteMs?: number; idleMs?: number };
}

/** Makes a fresh instance; one per registration. Opens nothing by itself: `openUpstream` is for later. */
export type BuiltinFactory = (openUpstream: OpenUpstream) => BuiltinPlugin;

/**
 * The one door through which a built-in plugin reaches a service outside. Same guard, deadlines and caps as for every plugin, one
 * connection per call, no redirects. Opening sends nothing. Throws `invalid_url` for a base URL that cannot be one.
 */
export type OpenUpstream = (options: UpstreamOptions) => Upstream;

export interface UpstreamOptions {
  /** http or https; a path prefix is kept: `https://api.example.com/v1`. */
  baseUrl: string;
  /** Sent with every call, names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Added to the address of every call: `api-version`. */
  query?: Readonly<Record<string, string>>;
  /** Never to be seen again in anything that comes back. */
  secrets: readonly string[];
  /** How long the service may take to begin an answer, ms; the default is the protocol's 60 s. */
  firstByteMs?: number;
  /** Longest silence within an answer, ms; the default is the protocol's 30 s. */
  idleMs?: number;
}

export interface UpstreamRequest {
  method: "GET" | "POST";
  /** Appended to the base URL: `/models`, `/v1/models?limit=100`. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
}

/**
 * One service outside. Every method fails with an `AppError` in the language of `PluginClient`, whose message names the service's
 * host and port; a failure that the service reports has `plugin` with code, status, `transient` and `retryAfterSeconds`.
 */
export interface Upstream {
  /** `api.example.com:443`, for messages. */
  readonly label: string;
  /** One whole answer in JSON, within 4.5 s. */
  ask(request: UpstreamRequest, signal?: AbortSignal): Promise<UpstreamAnswer>;
  /**
   * An answer as it arrives: events, or one document from a service that does not stream. Once `isComplete` says so, silence and a
   * broken connection are simply its end; before, the end of the stream is `plugin_stream_truncated`.
   */
  stream(
    request: UpstreamRequest,
    isComplete: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<UpstreamMessage, void, undefined>;
}

export interface UpstreamAnswer {
  /** 2xx. */
  status: number;
  /** Names in lower case; the first value of each. */
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

export type UpstreamMessage =
  | { type: "document"; body: unknown }
  /** The data of one event; one that reports an error is thrown instead, and keep-alives are left out. */
  | { type: "event"; data: unknown }
  /** What was tolerated to read the answer, as a sentence for a person. */
  | { type: "warning"; text: string }
  /** `[DONE]`: the last message. */
  | { type: "end" };
