import type { AddressField } from "../../contract/config.ts";
import type { ConfigField } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { CONNECTION_FIELDS, readHeaders, toKey, toText, toTimeoutMs } from "../provider/connection.ts";
import { parseModelFilter, type ModelFilter } from "../provider/model-filter.ts";
import { parsePrices, type PriceList } from "../provider/model-prices.ts";
import { ADDRESS_PATTERN, readServiceAddress } from "../provider/service-address.ts";

export interface Settings {
  baseUrl: string;
  headers: Record<string, string>;
  query: Record<string, string>;
  /** What was read differently from how it was typed, for a person. */
  notes: string[];
  secrets: string[];
  timeoutMs: number;
  isListed: ModelFilter;
  priceOf: PriceList;
}

/** Where the key goes. */
export const ADDRESS: AddressField = { name: "base_url", fallback: null };

export const CONFIG_SCHEMA: ConfigField[] = [
  {
    name: ADDRESS.name,
    type: "string",
    required: true,
    description:
      "Where the service answers, up to and including /v1: https://api.openai.com/v1, http://127.0.0.1:11434/v1.",
    sensitive: false,
    validation: { pattern: ADDRESS_PATTERN, max_length: 190 },
  },
  {
    name: "api_key",
    type: "string",
    required: false,
    description:
      "The key of the service, sent as a bearer token unless key_header says otherwise. Leave it empty for a local service without one.",
    sensitive: true,
  },
  {
    name: "key_header",
    type: "string",
    required: false,
    description: "How the key is sent: as Authorization: Bearer, or as api-key, as Azure wants it.",
    default: "authorization",
    sensitive: false,
    validation: { enum: ["authorization", "api-key"] },
  },
  {
    name: "api_version",
    type: "string",
    required: false,
    description:
      "Azure only: the version of its API, sent with every request as ?api-version=. Example: 2024-10-21.",
    default: "",
    sensitive: false,
    validation: { max_length: 40, pattern: "^[\\w.-]*$" },
  },
  {
    name: "organization",
    type: "string",
    required: false,
    description: "OpenAI only: the organisation to bill, when your key belongs to several.",
    default: "",
    sensitive: false,
    validation: { max_length: 100, pattern: "^[\\w-]*$" },
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
  const organization = toText(config["organization"]);
  const version = toText(config["api_version"]);
  const { baseUrl, note } = readServiceAddress(toText(config[ADDRESS.name]));
  return {
    baseUrl,
    notes: note === null ? [] : [note],
    headers: {
      ...headers,
      ...(key === null ? {} : toKeyHeader(key, toText(config["key_header"]))),
      ...(organization === "" ? {} : { "openai-organization": organization }),
    },
    query: version === "" ? {} : { "api-version": version },
    secrets: key === null ? secrets : [...secrets, key],
    timeoutMs: toTimeoutMs(config),
    isListed: parseModelFilter(toText(config["model_filter"])),
    priceOf: parsePrices(config["model_prices"]),
  };
}

function toKeyHeader(key: string, name: string): Record<string, string> {
  return name === "api-key" ? { "api-key": key } : { authorization: `Bearer ${key}` };
}
