import type { AddressField } from "../../contract/config.ts";
import type { ConfigField } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { CONNECTION_FIELDS, readHeaders, toKey, toText, toTimeoutMs } from "../provider/connection.ts";
import { parseModelFilter, type ModelFilter } from "../provider/model-filter.ts";
import { parsePrices, type PriceList } from "../provider/model-prices.ts";
import { ADDRESS_PATTERN, readServiceAddress } from "../provider/service-address.ts";

export interface Settings {
  baseUrl: string;
  /** What was read differently from how it was typed, for a person. */
  notes: string[];
  headers: Record<string, string>;
  secrets: string[];
  timeoutMs: number;
  maxTokens: number;
  isListed: ModelFilter;
  priceOf: PriceList;
}

const DEFAULTS = { baseUrl: "https://api.anthropic.com", version: "2023-06-01", maxTokens: 4096 };

/** Where the key goes. */
export const ADDRESS: AddressField = { name: "base_url", fallback: DEFAULTS.baseUrl };

export const CONFIG_SCHEMA: ConfigField[] = [
  {
    name: "api_key",
    type: "string",
    required: true,
    description: "A key from the Anthropic console; it begins with sk-ant-.",
    sensitive: true,
  },
  {
    name: "default_max_tokens",
    type: "int",
    required: false,
    description: "How long an answer may be when the request sets no max_tokens: the API insists on a limit.",
    default: DEFAULTS.maxTokens,
    sensitive: false,
    validation: { min: 1, max: 1_000_000 },
  },
  {
    name: ADDRESS.name,
    type: "string",
    required: false,
    description: "Where the API answers, without /v1. Change it for a proxy of your own.",
    default: DEFAULTS.baseUrl,
    sensitive: false,
    validation: { pattern: ADDRESS_PATTERN, max_length: 190 },
  },
  {
    name: "anthropic_version",
    type: "string",
    required: false,
    description: "The dated version of the API to ask for.",
    default: DEFAULTS.version,
    sensitive: false,
    validation: { pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
  },
  CONNECTION_FIELDS.timeout,
  CONNECTION_FIELDS.modelFilter,
  CONNECTION_FIELDS.modelPrices,
  CONNECTION_FIELDS.defaultHeaders,
];

/** Throws `config_incomplete` for a value that cannot be used. */
export function toSettings(config: ConfigValues): Settings {
  const { headers, secrets } = readHeaders(config["default_headers"]);
  const key = toKey(config["api_key"]);
  const limit = config["default_max_tokens"];
  const { baseUrl, note } = readServiceAddress(toText(config[ADDRESS.name]) || DEFAULTS.baseUrl);
  return {
    // Services of the other kind end in /v1, and fingers remember.
    baseUrl: baseUrl.replace(/\/v1\/*$/, ""),
    notes: note === null ? [] : [note],
    headers: {
      ...headers,
      ...(key === null ? {} : { "x-api-key": key }),
      "anthropic-version": toText(config["anthropic_version"]) || DEFAULTS.version,
    },
    secrets: key === null ? secrets : [...secrets, key],
    timeoutMs: toTimeoutMs(config),
    maxTokens: typeof limit === "number" && limit >= 1 ? limit : DEFAULTS.maxTokens,
    isListed: parseModelFilter(toText(config["model_filter"])),
    priceOf: parsePrices(config["model_prices"]),
  };
}
