import { z } from "zod";
import { FieldIssue } from "./error.ts";
import { ConfigField, Json } from "./manifest.ts";
import { ConfigValues } from "./plugin.ts";

/** What stands in answers where a secret is: no write ever takes it. */
export const CONFIGURED = "(configured)";

/** That a secret is set, by whom and when. There is no type that holds its value on the way out. */
export const SecretState = z.object({
  configured: z.boolean(),
  changedAt: z.iso.datetime().nullable(),
  changedBy: z.string().nullable(),
  /** `sealed`: text in our own box · `reference`: only the name of a variable or file. Null when it is not set. */
  kind: z.enum(["sealed", "reference"]).nullable(),
  /** The reference as it was given, `env:NAME` or `file:/path`; null for all else. */
  reference: z.string().nullable(),
  /** Scheme, host and port it was entered for: it is never sent anywhere else. Null for a plugin that goes nowhere and when it is not set. */
  origin: z.string().nullable(),
  /**
   * Why it cannot be used as things are, for people: the reference leads nowhere, or the plugin has moved to another origin.
   * Null when it can, and when it is not set.
   */
  problem: z.string().nullable(),
});
export type SecretState = z.infer<typeof SecretState>;

/** Of a secret that nobody has set. */
export const NO_SECRET: SecretState = {
  configured: false,
  changedAt: null,
  changedBy: null,
  kind: null,
  reference: null,
  origin: null,
  problem: null,
};

/** The field of a built-in plugin's configuration that says where it goes with its secrets. */
export const AddressField = z.object({
  name: z.string(),
  /** Where it goes while the field is empty; null when that is nowhere. */
  fallback: z.string().nullable(),
});
export type AddressField = z.infer<typeof AddressField>;

/** `GET /api/plugins/:id/config`. `secrets` has one entry for every sensitive field of the schema. */
export const PluginConfig = z.object({
  schema: z.array(ConfigField),
  /** Never holds a value of a sensitive field. */
  values: ConfigValues,
  secrets: z.record(z.string(), SecretState),
  /**
   * Scheme, host and port that what is saved goes to. A secret that is entered belongs there; for a plugin with `addressField` to
   * where the values of the same write lead. Null while that is nowhere.
   */
  origin: z.string().nullable(),
  /** Of a built-in plugin that reaches a service; null for all others. */
  addressField: AddressField.nullable(),
  /** Grows by one with every write; send it back with the next. It is also the number of the newest revision; 0 has none. */
  version: z.number().int().nonnegative(),
});
export type PluginConfig = z.infer<typeof PluginConfig>;

/** 16 KB, `reliability.md` bad input. */
export const SECRET_MAX_LENGTH = 16_384;

/** What a reference looks like. Whether this one is allowed, and whether it leads anywhere, is the server's to say. */
export const SecretReference = z
  .string()
  .max(4096)
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/[^\0]+)$/, 'Write "env:NAME" or "file:/absolute/path"');

/** What to do with one secret. Absent means keep. */
export const SecretWrite = z.union([
  z.strictObject({
    set: z
      .string()
      .min(1)
      .max(SECRET_MAX_LENGTH)
      .regex(/^[^\0]*$/, "Holds a NUL character, which no key has: enter it again")
      .regex(/\S/, "Holds nothing but blanks: enter the secret itself"),
  }),
  z.strictObject({ reference: SecretReference }),
  z.strictObject({ clear: z.literal(true) }),
]);
export type SecretWrite = z.infer<typeof SecretWrite>;

/** By name. Each is looked up somewhere before it is stored, so a request cannot bring any number of them. */
export const SecretWrites = z
  .record(z.string(), SecretWrite)
  .refine((writes) => Object.keys(writes).length <= 1_000, "At most 1,000 secrets")
  .default({});

/** Why something was saved, in a person's words. */
export const RevisionNote = z.string().trim().max(500, "At most 500 characters");

/** Which version a write was made upon. */
export const BaseVersion = z
  .number({
    error: ({ input }) =>
      input === undefined ? "Missing: send the version that GET …/config answered" : undefined,
  })
  .int()
  .nonnegative();

/** `PUT /api/plugins/:id/config`. `values` replaces all explicit values; an absent key means "use the default". */
export const PluginConfigWrite = z.object({
  version: BaseVersion,
  values: ConfigValues,
  secrets: SecretWrites,
  note: RevisionNote.optional(),
});
export type PluginConfigWrite = z.infer<typeof PluginConfigWrite>;

/** What a write answers: the new config, and whether a running plugin accepted it (null when it is not enabled). */
export const PluginConfigSaved = z.object({
  config: PluginConfig,
  applied: z.boolean().nullable(),
  /** Saved all the same: a secret with a space at its end (`secrets.api_key`), a reference that leads nowhere yet. */
  warnings: z.array(FieldIssue),
});
export type PluginConfigSaved = z.infer<typeof PluginConfigSaved>;

/**
 * One value of the configuration as `/initialize` receives it. `explicit`: somebody set it · `default`: the schema's ·
 * `secret`: shown as `(configured)` · `kept`: explicit under a name the schema does not have.
 */
export const EffectiveValue = z.object({
  name: z.string(),
  source: z.enum(["explicit", "default", "secret", "kept"]),
  value: Json,
});
export type EffectiveValue = z.infer<typeof EffectiveValue>;

/** `GET /api/plugins/:id/config/effective`, in the order it is sent. */
export const EffectiveConfig = z.object({
  version: z.number().int().nonnegative(),
  values: z.array(EffectiveValue),
  /** What keeps the plugin from being initialised with this: required fields without a value, secrets that cannot be used. */
  issues: z.array(FieldIssue),
});
export type EffectiveConfig = z.infer<typeof EffectiveConfig>;
