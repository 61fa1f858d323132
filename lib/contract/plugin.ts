import { z } from "zod";
import { ErrorInfo } from "./error.ts";
import { Finding, INTERVAL_SECONDS, Json, Manifest, PluginType } from "./manifest.ts";
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
  /** Ids of the models of the last successful `/models`, at most 200. */
  modelIds: z.array(z.string()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type PluginSummary = z.infer<typeof PluginSummary>;

/** One difference between two manifests; an absent side is a field that was not there. */
export const ManifestChange = z.object({
  /** `metadata.config_schema[timeout].default`: fields of the schema go by name, not by place. */
  path: z.string(),
  before: Json.optional(),
  after: Json.optional(),
});
export type ManifestChange = z.infer<typeof ManifestChange>;

/** How what a plugin says about itself differs from what it was registered with. Nothing of it is in use until a person accepts it. */
export const PluginDrift = z.object({
  /** Names exactly this answer of the plugin: send it with the acceptance. */
  id: z.string(),
  /** When the plugin was first heard saying it. */
  detectedAt: z.iso.datetime(),
  /** Before is what is registered, after is what the plugin says now; paths start with `metadata.`. */
  changes: z.array(ManifestChange),
  /** What that means for the configuration, by name of the field. */
  schema: z.object({
    added: z.array(z.string()),
    /** Their values are kept under their names. */
    removed: z.array(z.string()),
    retyped: z.array(z.object({ name: z.string(), before: z.string(), after: z.string() })),
    /** Required now and not before; the plugin cannot be switched on while one of them has no value. */
    newlyRequired: z.array(z.string()),
    /** Sensitive now and not before: accepting moves a stored value into the secret box. */
    newlySensitive: z.array(z.string()),
  }),
  /** Names among `newlyRequired` without a value. */
  missing: z.array(z.string()),
});
export type PluginDrift = z.infer<typeof PluginDrift>;

/** `POST /api/plugins/:id/drift/accept`: takes over exactly what was shown; `conflict` when the plugin says something else by now. */
export const DriftAccept = z.strictObject({ drift: PluginDrift.shape.id });
export type DriftAccept = z.infer<typeof DriftAccept>;

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

/** What to register or to preview. Exactly one source. */
export const PluginSource = z.union([
  z.strictObject({ endpoint: z.string().max(2048) }),
  z.strictObject({ manifestUrl: z.string().max(2048) }),
  z.strictObject({ manifestText: z.string() }),
  z.strictObject({ builtin: z.string().max(100), preset: z.string().max(100).optional() }),
]);
export type PluginSource = z.infer<typeof PluginSource>;

export const PluginName = z
  .string()
  .trim()
  .min(1, "Give it a name")
  .max(100, "At most 100 characters")
  .regex(/^[^/\\\p{C}]+$/u, "Without slashes or control characters");

export const PluginCreate = z.object({
  endpoint: z.string().max(2048).optional(),
  manifestUrl: z.string().max(2048).optional(),
  manifestText: z.string().optional(),
  builtin: z.string().max(100).optional(),
  /** With `builtin`: one of its presets (`core/builtin-presets.ts`), which names it and fills in its first configuration. */
  preset: z.string().max(100).optional(),
  name: PluginName.optional(),
  /** Consent to talk to this exact loopback or private host:port; asked for with 409 `address_needs_approval`. */
  approveEndpoint: z.boolean().optional(),
});
export type PluginCreate = z.infer<typeof PluginCreate>;

export const PluginPatch = z.strictObject({
  name: PluginName.optional(),
  endpoint: z.string().max(2048).optional(),
  /** Consent to talk to the loopback or private `endpoint`; without one, to the address the plugin has (after a revocation). */
  approveEndpoint: z.boolean().optional(),
  /** Agrees that stored secrets are forgotten when `endpoint` has another scheme, host or port; else that is 409 `secrets_bound`. */
  dropSecrets: z.boolean().optional(),
  healthCheckIntervalSeconds: z.number().int().min(INTERVAL_SECONDS.min).max(INTERVAL_SECONDS.max).optional(),
});
export type PluginPatch = z.infer<typeof PluginPatch>;

/** Tier of an address: `allowed` public, `approval` loopback or private, `approved` consent is stored, `forbidden` never. */
export const AddressTier = z.enum(["allowed", "approval", "approved", "forbidden"]);
export type AddressTier = z.infer<typeof AddressTier>;

/** One thing tried on the way to a plugin, in this order; each needs the one before it. */
export const ReachStep = z.object({
  name: z.enum(["address", "dns", "tcp", "tls", "http", "content_type", "json", "schema"]),
  /** `skipped`: not needed (a literal needs no DNS) or not reached. */
  status: z.enum(["ok", "failed", "skipped"]),
  /** Null for what was skipped. */
  durationMs: z.number().nonnegative().nullable(),
  /** What was learnt: "127.0.0.1, loopback, approved", "200 OK". */
  note: z.string().optional(),
  error: ErrorInfo.optional(),
});
export type ReachStep = z.infer<typeof ReachStep>;

/** A registered plugin, as far as another page needs it. */
export const PluginReference = z.object({
  id: z.string(),
  name: z.string(),
  endpoint: z.string().nullable(),
});
export type PluginReference = z.infer<typeof PluginReference>;

/** Dry run of a registration. `manifest` is null when an error stopped the reading. Nothing is stored, nothing is started. */
export const PluginPreview = z.object({
  manifest: Manifest.nullable(),
  origin: PluginOrigin,
  findings: z.array(Finding),
  /** True when registering would be accepted as it is (perhaps after approval). */
  registrable: z.boolean(),
  /** Where the plugin is; for a preset of a built-in one, where its service is on this machine or network. */
  address: z.object({ host: z.string(), port: z.number().int(), tier: AddressTier }).nullable(),
  /** What was tried to reach the address, with times; empty for text and built-in plugins. */
  reach: z.array(ReachStep),
  /** The text that was fetched from a manifest address: findings point into it. Null otherwise. */
  manifestText: z.string().nullable(),
  /** Another registration with the same endpoint. */
  existing: PluginReference.nullable(),
  /** What differs from `existing`: before is what is registered, after is what was read. */
  changes: z.array(ManifestChange),
  /** Other registrations of the same provider_type: registering makes one more instance. */
  instances: z.array(PluginReference),
  suggestedName: z.string().nullable(),
  /** The configuration registering stores: what the preset sets; empty without one. */
  values: ConfigValues,
  /** The calls enabling will make, in order; empty for a built-in plugin, which nobody else hears. */
  calls: z.array(z.string()),
  /** The command line of a process plugin, program first; shown, never run. Null when there is none. */
  commandLine: z.array(z.string()).nullable(),
});
export type PluginPreview = z.infer<typeof PluginPreview>;

export const PluginModels = z.object({
  models: z.array(Model),
  /** When they were fetched; null before the first success. */
  fetchedAt: z.iso.datetime().nullable(),
});
export type PluginModels = z.infer<typeof PluginModels>;
