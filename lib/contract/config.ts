import { z } from "zod";
import { ConfigField } from "./manifest.ts";
import { ConfigValues } from "./plugin.ts";

/** That a secret is set, by whom and when. There is no type that holds its value on the way out. */
export const SecretState = z.object({
  configured: z.boolean(),
  changedAt: z.iso.datetime().nullable(),
  changedBy: z.string().nullable(),
});
export type SecretState = z.infer<typeof SecretState>;

/** `GET /api/plugins/:id/config`. `secrets` has one entry for every sensitive field of the schema. */
export const PluginConfig = z.object({
  schema: z.array(ConfigField),
  values: ConfigValues,
  secrets: z.record(z.string(), SecretState),
  /** Grows by one with every write; send it back with the next. */
  version: z.number().int().nonnegative(),
});
export type PluginConfig = z.infer<typeof PluginConfig>;

/** 16 KB, `reliability.md` bad input. */
export const SECRET_MAX_LENGTH = 16_384;

/** What to do with one secret. Absent means keep. */
export const SecretWrite = z.union([
  z.strictObject({ set: z.string().min(1).max(SECRET_MAX_LENGTH) }),
  z.strictObject({ clear: z.literal(true) }),
]);
export type SecretWrite = z.infer<typeof SecretWrite>;

/** `PUT /api/plugins/:id/config`. `values` replaces all explicit values; an absent key means "use the default". */
export const PluginConfigWrite = z.object({
  version: z.number().int().nonnegative(),
  values: ConfigValues,
  secrets: z.record(z.string(), SecretWrite).default({}),
});
export type PluginConfigWrite = z.infer<typeof PluginConfigWrite>;

/** What a write answers: the new config, and whether a running plugin accepted it (null when it is not enabled). */
export const PluginConfigSaved = z.object({
  config: PluginConfig,
  applied: z.boolean().nullable(),
});
export type PluginConfigSaved = z.infer<typeof PluginConfigSaved>;
