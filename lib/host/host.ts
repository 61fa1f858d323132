import type { ErrorInfo } from "../contract/error.ts";
import type { Metadata } from "../contract/manifest.ts";
import type {
  Badge,
  Ejection,
  HealthState,
  LastCheck,
  Lifecycle,
  LifecycleStep,
  PluginModels,
  Refusal,
} from "../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { ReachTrace } from "../core/reach.ts";
import type { PluginProcess } from "../contract/process.ts";
import type { PluginRecord } from "../data/data.ts";
import type { Destinations } from "./connection/secret-origin.ts";
import type { Trial, TrialOutcome } from "./connection/config-trial.ts";
import type { Reply } from "../transport/client.ts";
import type { CommandLook } from "./approval/command-fingerprint.ts";
import type { ProcessLog } from "./process/process-log.ts";

/** What a plugin says it is. */
export interface Reported {
  /** Names this very answer; another answer has another one. */
  id: string;
  metadata: Metadata;
  /** When it was first heard. */
  detectedAt: string;
}

/** What the host knows about one plugin at this instant. All in memory: reading it never waits for anything. */
export interface PluginStatus {
  badge: Badge;
  reason: string | null;
  lifecycle: Lifecycle;
  health: HealthState;
  steps: LifecycleStep[];
  failure: ErrorInfo | null;
  refusal: Refusal | null;
  lastCheck: LastCheck | null;
  /** Set while it should not be routed to; `chat` works all the same. */
  ejection: Ejection | null;
  /** Last 24 h. */
  stats: {
    p50Ms: number | null;
    p95Ms: number | null;
    uptime: number | null;
    sparkline: Array<number | null>;
  };
  models: PluginModels;
  initializedAt: string | null;
  /** What the plugin said it is when it was asked last in this run of the console. */
  reported: Reported | null;
  reinitializations: number;
  nextCheckAt: string | null;
}

/**
 * The long-lived object that keeps plugins running. Owned by `server.ts`.
 * The stored `desired` is the wish; the host makes it true. Operations write the wish, then call `reconcile`.
 */
export interface Host {
  /** Starts every plugin whose `desired` is enabled. Resolves once the monitor runs, without waiting for plugins. */
  start(): Promise<void>;
  /**
   * Ends running chats with an error (`shutting_down`), stops the monitor, flushes samples, closes connections.
   * Sends no cleanup: the plugins stay wanted. Bounded by 8 s. Safe to call twice.
   */
  stop(): Promise<void>;
  /** True between start and stop while the monitor's loop turns: for `/api/ready`. */
  isTicking(): boolean;
  /** Never throws; a plugin the host has not heard of is disabled and unknown. */
  status(pluginId: string): PluginStatus;
  /**
   * Reads the record and brings reality to it: enabled → metadata → initialize → health → models; disabled → drain, cleanup;
   * gone → drain, cleanup, forget. With `restart` an already running plugin goes through all steps again
   * (new configuration, new endpoint); with `process` its process is started anew first. Resolves with the outcome; a failing plugin is an outcome (`failure`), not an exception.
   * One operation in flight per plugin: a second call with the same wish joins it, the later wish wins.
   */
  reconcile(pluginId: string, options?: { restart?: boolean; process?: boolean }): Promise<PluginStatus>;
  /**
   * Proves a configuration that is not saved, on the plugin itself. One that is switched on is initialised with what is saved at
   * the end (step `restore`), any other one is told to clean up (step `cleanup`), also when `signal` aborts. A newer wish for the
   * plugin interrupts it. Throws `not_found`, and `conflict` while another trial runs; a failing plugin is an outcome.
   */
  tryConfig(pluginId: string, trial: Trial, signal: AbortSignal): Promise<TrialOutcome>;
  /** Checks health now, outside the schedule. */
  checkNow(pluginId: string): Promise<PluginStatus>;
  /** Fetches the models again; throws the plugin's error. */
  refreshModels(pluginId: string): Promise<PluginModels>;
  /**
   * Runs one chat. Also for plugins that are down, for diagnosis; throws `plugin_disabled` when it is switched off
   * and `plugin_not_ready` when it never got through initialize. `stream` is set by the host from the capabilities.
   */
  chat(pluginId: string, request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatChunk>;
  /**
   * Asks an address for its metadata without registering anything. The caller has checked and approved the address; `trace` hears
   * how far it got.
   */
  probe(
    endpoint: string,
    options?: { signal?: AbortSignal; trace?: ReachTrace | undefined },
  ): Promise<Reply<Metadata>>;
  /** What runs for a plugin with a command, and what may; null for plugins that somebody else starts. */
  process(record: PluginRecord): Promise<PluginProcess | null>;
  /** What its command would run at this moment, with the files looked at; null like `process`. Throws why nothing can. */
  command(record: PluginRecord): Promise<CommandLook | null>;
  /** The output of a plugin's process; null where the console starts none. */
  processLog(pluginId: string): Promise<ProcessLog | null>;
  /** Where plugins go with what they are told. */
  destinations: Destinations;
  /** Metadata of a plugin in the box, or null. */
  builtinMetadata(name: string): Metadata | null;
  builtinNames(): string[];
}
