import { z } from "zod";
import { Json } from "./manifest.ts";

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
  /** When the plugin first reported it. */
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
