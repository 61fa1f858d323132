import { z } from "zod";
import { ManifestChange } from "./drift.ts";
import { ErrorInfo } from "./error.ts";
import { Finding, INTERVAL_SECONDS, Manifest } from "./manifest.ts";
import { ConfigValues, PluginOrigin } from "./plugin.ts";

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
  .regex(/^[^/\\\p{C}]+$/u, "Without slashes or control characters")
  // It stands in addresses, where these two are folders.
  .regex(/^(?!\.{1,2}$)/, "More than a dot or two");

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
  /** The calls enabling will make, in order; empty for a built-in plugin, which is called inside the console. */
  calls: z.array(z.string()),
  /** The command line of a process plugin, program first; shown, never run. Null when there is none. */
  commandLine: z.array(z.string()).nullable(),
});
export type PluginPreview = z.infer<typeof PluginPreview>;
