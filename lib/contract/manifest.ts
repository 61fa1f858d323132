import { z } from "zod";

/** Types a manifest may declare. */
export const PluginType = z.enum(["http", "grpc", "builtin"]);
export type PluginType = z.infer<typeof PluginType>;

/** JSON as it travels; config values, defaults and unknown manifest fields. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export const Json: z.ZodType<Json> = z.json();

export const Capabilities = z.looseObject({
  streaming: z.boolean().default(false),
  function_calling: z.boolean().default(false),
  vision: z.boolean().default(false),
  embeddings: z.boolean().default(false),
  fine_tuning: z.boolean().default(false),
  custom_capabilities: z.record(z.string(), z.unknown()).optional(),
});
export type Capabilities = z.infer<typeof Capabilities>;

/** Rules of one field. Lengths count UTF-16 units; `pattern` is RE2 syntax, unanchored as written. */
export const FieldValidation = z.looseObject({
  min_length: z.number().int().nonnegative().optional(),
  max_length: z.number().int().nonnegative().optional(),
  pattern: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  enum: z.array(Json).optional(),
});
export type FieldValidation = z.infer<typeof FieldValidation>;

/** The four types the guide defines. Any other string is allowed in `ConfigField.type` and passed through as JSON. */
export const KNOWN_FIELD_TYPES = ["string", "int", "float", "bool"] as const;
export type KnownFieldType = (typeof KNOWN_FIELD_TYPES)[number];

export const ConfigField = z.looseObject({
  name: z.string().min(1),
  type: z.string().min(1),
  required: z.boolean().default(false),
  description: z.string().default(""),
  default: Json.optional(),
  sensitive: z.boolean().default(false),
  validation: FieldValidation.optional(),
});
export type ConfigField = z.infer<typeof ConfigField>;

/** What a plugin says it is, in its manifest and at `GET /metadata`. Unknown fields are kept. */
export const Metadata = z.looseObject({
  name: z.string().min(1),
  version: z.string().min(1),
  plugin_api_version: z.string().default("1.0.0"),
  provider_type: z.string().min(1),
  description: z.string().default(""),
  author: z.string().default(""),
  homepage: z.string().optional(),
  license: z.string().optional(),
  capabilities: Capabilities.default({
    streaming: false,
    function_calling: false,
    vision: false,
    embeddings: false,
    fine_tuning: false,
  }),
  config_schema: z.array(ConfigField).default([]),
});
export type Metadata = z.infer<typeof Metadata>;

/** Seconds between health checks: bounds and default from the protocol page. */
export const INTERVAL_SECONDS = { min: 5, max: 3600, default: 60 } as const;

/** A plugin.yaml / plugin.json after normalisation (snake_case, everything inside `metadata`). */
export const Manifest = z.looseObject({
  type: PluginType,
  /** Required for http and grpc, absent for builtin. */
  endpoint: z.string().optional(),
  metadata: Metadata,
  auto_start: z.boolean().default(false),
  health_check_interval: z
    .number()
    .int()
    .min(INTERVAL_SECONDS.min)
    .max(INTERVAL_SECONDS.max)
    .default(INTERVAL_SECONDS.default),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** Something noticed in a manifest. Errors stop a registration, warnings do not. */
export const Finding = z.object({
  severity: z.enum(["error", "warning"]),
  /** Stable, snake_case: `missing_field`, `nested_too_deep`, `duplicate_key` … */
  code: z.string(),
  /** `metadata.config_schema[1].default`; empty for the document itself. */
  path: z.string(),
  /** 1-based position in the text; absent when there is no text (registered by address). */
  line: z.number().int().positive().optional(),
  column: z.number().int().positive().optional(),
  message: z.string(),
  /** What to do about it. */
  fix: z.string().optional(),
  /** True when the console gets along but Loom itself would refuse or misread the manifest because of this. */
  refusedByLoom: z.boolean().optional(),
});
export type Finding = z.infer<typeof Finding>;
