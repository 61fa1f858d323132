import { z } from "zod";
import { PluginDrift } from "./drift.ts";
import { ErrorInfo } from "./error.ts";
import { Finding, Json, Manifest, PluginType } from "./manifest.ts";
import { Model } from "./protocol.ts";

/** What people want. Changed by people only; stored. */
export const Desired = z.enum(["enabled", "disabled"]);
export type Desired = z.infer<typeof Desired>;

/** Where the machine is. Changed only by `core/lifecycle.ts`. */
export const Lifecycle = z.enum([
  "disabled",
  "starting",
  "initializing",
  "ready",
  "draining",
  "failed",
  "parked",
]);
export type Lifecycle = z.infer<typeof Lifecycle>;

/** What the checks say. Changed only by `core/verdict.ts`. */
export const HealthState = z.enum(["unknown", "up", "degraded", "down"]);
export type HealthState = z.infer<typeof HealthState>;

/** The only status vocabulary people see; made from the three axes by `core/badge.ts`. */
export const Badge = z.enum([
  "healthy",
  "degraded",
  "down",
  "unknown",
  "disabled",
  "starting",
  "failed",
  "parked",
]);
export type Badge = z.infer<typeof Badge>;

/** How a plugin came in. */
export const PluginOrigin = z.enum(["address", "manifest", "builtin", "folder"]);
export type PluginOrigin = z.infer<typeof PluginOrigin>;

/**
 * The manifest file a plugin of a watched folder belongs to. While it does, what the file says (manifest, endpoint, interval) is
 * changed in the file only; configuration, secrets and switching belong to the console.
 */
export const PluginFile = z.object({
  /** Absolute. */
  path: z.string(),
  /** The watched folder it lies in, absolute. */
  folder: z.string(),
  /** `ok`: what the file says is in use · `broken`: the last good reading is in use · `gone`: the file is no longer there. */
  state: z.enum(["ok", "broken", "gone"]),
  /** What is noticed in the file as it is now, with positions; the last ones when it is gone. */
  findings: z.array(Finding),
  /** When the console last saw it change. */
  changedAt: z.iso.datetime(),
});
export type PluginFile = z.infer<typeof PluginFile>;

/** Explicit configuration values, never secrets. */
export const ConfigValues = z.record(z.string(), Json);
export type ConfigValues = z.infer<typeof ConfigValues>;

/**
 * One step of the last enable: (process →) metadata → config → initialize → health → models, then `restore` when a running plugin
 * refused and goes on with what worked last; or of a disable: cleanup (→ process).
 */
export const LifecycleStep = z.object({
  name: z.enum(["process", "metadata", "config", "initialize", "health", "models", "restore", "cleanup"]),
  status: z.enum(["pending", "running", "ok", "failed", "skipped"]),
  startedAt: z.iso.datetime().optional(),
  durationMs: z.number().nonnegative().optional(),
  /** What was learnt, e.g. "4 models" or "identity confirmed: acme". */
  note: z.string().optional(),
  error: ErrorInfo.optional(),
  /** The body of the call, secrets as "(configured)", long values as their length; absent for a call without one. */
  request: ConfigValues.optional(),
  /** What was understood of the answer, as JSON, at most 4,000 characters; absent where the protocol ignores it. */
  answer: z.string().optional(),
  /** What had to be forgiven to understand it, a sentence each. */
  warnings: z.array(z.string()).optional(),
});
export type LifecycleStep = z.infer<typeof LifecycleStep>;

/** Why a running plugin does not use what is saved. It goes on with what it accepted last. */
export const Refusal = z.object({
  /** What was new: the saved configuration, the address, or only the start itself. */
  subject: z.enum(["configuration", "address", "restart"]),
  error: ErrorInfo,
});
export type Refusal = z.infer<typeof Refusal>;

/** The newest health check of a plugin. */
export const LastCheck = z.object({
  checkedAt: z.iso.datetime(),
  ok: z.boolean(),
  /** Measured by us, monotonic clock; null when no answer arrived. */
  latencyMs: z.number().nonnegative().nullable(),
  /** The plugin's own `latency_ms`, shown beside ours. */
  claimedLatencyMs: z.number().nullable(),
  message: z.string().nullable(),
  error: ErrorInfo.nullable(),
});
export type LastCheck = z.infer<typeof LastCheck>;

/** Why a plugin gets no routed requests for a while: too many of its chats failed in a row. People can still talk to it. */
export const Ejection = z.object({
  /** From this instant on it may be routed to again. */
  until: z.iso.datetime(),
  /** Consecutive failed chats. */
  failures: z.number().int().positive(),
  /** Of the newest one, without an excerpt of what was sent. */
  error: ErrorInfo,
});
export type Ejection = z.infer<typeof Ejection>;

/** What lists show. Latencies in ms over the last 24 h; null where nothing was measured. */
export const PluginSummary = z.object({
  id: z.string(),
  /** Unique; routes accept it in place of the id. */
  name: z.string(),
  badge: Badge,
  /** One sentence for people: why it is not healthy and what happens next; null when all is well. */
  reason: z.string().nullable(),
  desired: Desired,
  lifecycle: Lifecycle,
  health: HealthState,
  type: PluginType,
  providerType: z.string(),
  version: z.string(),
  endpoint: z.string().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  /** Share of checks that passed, 0–1; null without checks. */
  uptime: z.number().min(0).max(1).nullable(),
  /** Newest latencies, oldest first, at most 60; null is a failed check. */
  sparkline: z.array(z.number().nullable()),
  /** Code of why the lifecycle is `failed`; null when it is not. */
  failureCode: ErrorInfo.shape.code.nullable(),
  lastCheck: LastCheck.nullable(),
  /** Null while it may be routed to. Moves none of the three axes: it can be set while the badge is healthy. */
  ejection: Ejection.nullable(),
  /** State of its manifest file; null when it has none. */
  fileState: PluginFile.shape.state.nullable(),
  streaming: z.boolean(),
  /** Its manifest has a command: the console may be let start it, and keeps its log. */
  hasCommand: z.boolean(),
  /** Ids of the models of the last successful `/models`, at most 200. */
  modelIds: z.array(z.string()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type PluginSummary = z.infer<typeof PluginSummary>;

/** One plugin, whole. Never contains a secret. */
export const Plugin = PluginSummary.extend({
  manifest: Manifest,
  origin: PluginOrigin,
  file: PluginFile.nullable(),
  findings: z.array(Finding),
  healthCheckIntervalSeconds: z.number().int(),
  /** The last enable or disable, newest run only. */
  steps: z.array(LifecycleStep),
  /** Why the lifecycle is `failed`. */
  failure: ErrorInfo.nullable(),
  /** Set while the plugin runs with something older than what is saved; null when what is saved is in use. */
  refusal: Refusal.nullable(),
  /** Required fields without a value: enable is refused until they have one. */
  missingConfig: z.array(z.string()),
  /** What the running plugin says differently; null when it agrees, and before it was first asked. */
  drift: PluginDrift.nullable(),
  /** When the running plugin last accepted `/initialize`. */
  initializedAt: z.iso.datetime().nullable(),
  /** How often the host initialised it again by itself since it was switched on. */
  reinitializations: z.number().int().nonnegative(),
  nextCheckAt: z.iso.datetime().nullable(),
});
export type Plugin = z.infer<typeof Plugin>;

export const PluginModels = z.object({
  models: z.array(Model),
  /** When they were fetched; null before the first success. */
  fetchedAt: z.iso.datetime().nullable(),
  /** What is wrong with the newest answer: entries left out, no list at all, or one that cannot be read, which leaves the earlier models. */
  warnings: z.array(z.string()),
});
export type PluginModels = z.infer<typeof PluginModels>;
