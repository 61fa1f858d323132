import type { Shape } from "./shape.ts";

/**
 * The fields of a manifest, `protocol.md` (Manifest, Objects). The contract's schemas say what a manifest is; this table says how
 * one is read from text that people wrote.
 */

const TEXT: Shape = { is: "text" };
const FLAG: Shape = { is: "boolean" };
const WHOLE: Shape = { is: "whole number" };
const NUMBER: Shape = { is: "number" };
const ANYTHING: Shape = { is: "anything" };

const VALIDATION: Shape = {
  is: "object",
  fields: {
    min_length: WHOLE,
    max_length: WHOLE,
    pattern: TEXT,
    min: NUMBER,
    max: NUMBER,
    enum: { is: "list", of: ANYTHING },
  },
};

const CONFIG_FIELD: Shape = {
  is: "object",
  fields: {
    name: TEXT,
    type: TEXT,
    required: FLAG,
    description: TEXT,
    default: ANYTHING,
    sensitive: FLAG,
    validation: VALIDATION,
  },
};

export const METADATA_SHAPE: Shape = {
  is: "object",
  fields: {
    name: TEXT,
    version: TEXT,
    plugin_api_version: TEXT,
    provider_type: TEXT,
    description: TEXT,
    author: TEXT,
    homepage: TEXT,
    license: TEXT,
    capabilities: {
      is: "object",
      fields: {
        streaming: FLAG,
        function_calling: FLAG,
        vision: FLAG,
        embeddings: FLAG,
        fine_tuning: FLAG,
        custom_capabilities: { is: "dictionary", of: ANYTHING },
      },
    },
    config_schema: { is: "list", of: CONFIG_FIELD },
  },
};

export const MANIFEST_SHAPE: Shape = {
  is: "object",
  fields: {
    type: TEXT,
    endpoint: TEXT,
    metadata: METADATA_SHAPE,
    auto_start: FLAG,
    health_check_interval: WHOLE,
    command: TEXT,
    args: { is: "list", of: TEXT },
    env: { is: "dictionary", of: TEXT },
  },
};
