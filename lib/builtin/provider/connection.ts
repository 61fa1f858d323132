import { isAppError } from "../../contract/error.ts";
import type { ConfigField, Json } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { isJsonObject } from "../../core/json-object.ts";
import type { OpenUpstream, Upstream } from "../../transport/client.ts";
import { badSetting } from "./bad-setting.ts";

/** Fields that every plugin with a provider behind it has. */
export const CONNECTION_FIELDS = {
  defaultHeaders: {
    name: "default_headers",
    type: "json",
    required: false,
    description:
      'Headers to send with every request, as {"name": "value"}. They are not kept secret: a key belongs in api_key.',
    default: {},
    sensitive: false,
  },
  timeout: {
    name: "timeout",
    type: "int",
    required: false,
    description:
      "How many seconds the service may stay silent: before its answer begins, and in the middle of it. A model that is loaded on demand may need minutes.",
    default: 60,
    sensitive: false,
    validation: { min: 1, max: 600 },
  },
  modelFilter: {
    name: "model_filter",
    type: "string",
    required: false,
    description:
      "Which models to list: names with * and ?, separated by commas, !name to leave one out; or one expression between slashes. Empty lists them all. Example: gpt-*, !*-audio*",
    default: "",
    sensitive: false,
    validation: { max_length: 200 },
  },
  modelPrices: {
    name: "model_prices",
    type: "json",
    required: false,
    description:
      'USD per million tokens by model, for the cost under each answer: {"gpt-4o": {"input": 2.5, "output": 10}, "llama*": 0}',
    default: {},
    sensitive: false,
  },
} as const satisfies Record<string, ConfigField>;

/** The form has checked the range already. */
export function toTimeoutMs(config: ConfigValues): number {
  const seconds = config["timeout"];
  return (typeof seconds === "number" && seconds > 0 ? seconds : CONNECTION_FIELDS.timeout.default) * 1000;
}

/** The text of a field, trimmed; empty when it has none. */
export function toText(value: Json | undefined): string {
  return typeof value === "string" ? value.trim() : "";
}

/** Keys are printable ASCII without blanks; null when none is set. Throws `config_incomplete` for `api_key`. */
export function toKey(value: Json | undefined): string | null {
  const key = toText(value);
  if (key === "") return null;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw badSetting(
    "api_key",
    "api_key contains blanks, line breaks or letters that no key has.",
    "Copy it again, the key and nothing else.",
  );
}

/** Written by the console itself, or by HTTP. */
const RESERVED =
  /^(?:host|connection|content-.*|transfer-encoding|accept|accept-encoding|user-agent|upgrade|keep-alive|te|trailer|expect|proxy-.*)$/;
const SECRET_NAME = /auth|key|token|secret|cookie|passw/;
const MAX_HEADERS = 50;

/**
 * The headers of `default_headers` in lower case, and the values among them that are secrets by their name. Throws
 * `config_incomplete`.
 */
export function readHeaders(value: Json | undefined): { headers: Record<string, string>; secrets: string[] } {
  if (value === undefined || value === null) return { headers: {}, secrets: [] };
  if (!isJsonObject(value) || Object.keys(value).length > MAX_HEADERS) {
    throw badHeaders(`it is no object with at most ${MAX_HEADERS} names`);
  }
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    const known = name.slice(0, 60);
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) throw badHeaders(`${known} is no name of a header`);
    if (RESERVED.test(name.toLowerCase())) throw badHeaders(`the console writes ${known} itself`);
    if (typeof text !== "string" || !/^[\t\x20-\x7e\x80-\xff]{0,4000}$/.test(text)) {
      throw badHeaders(`the value of ${known} is no text of one line`);
    }
    headers[name.toLowerCase()] = text;
  }
  const secrets = Object.entries(headers).flatMap(([name, text]) => (SECRET_NAME.test(name) ? [text] : []));
  return { headers, secrets };
}

function badHeaders(problem: string): Error {
  return badSetting(
    "default_headers",
    `default_headers cannot be used: ${problem}.`,
    'Write {"x-title": "My console"}.',
  );
}

/** Opens the service, naming `base_url` where the transport speaks of an endpoint. */
export function openService(openUpstream: OpenUpstream, options: Parameters<OpenUpstream>[0]): Upstream {
  try {
    return openUpstream(options);
  } catch (error) {
    if (!isAppError(error) || error.code !== "invalid_url") throw error;
    throw badSetting(
      "base_url",
      `base_url cannot be used: ${error.message}.`,
      "Write it like https://api.example.com/v1.",
    );
  }
}

/**
 * The door to the service keeps the deadlines, down to single bytes: keep-alives count there. What waits outside it is only to
 * outlast it, ms.
 */
export const PATIENCE = { firstByteMs: 600_000, idleMs: 600_000 };

/** What only a person can mend; everything else may be over in a minute and is the health check's business. */
const FOR_A_PERSON = new Set([
  "address_needs_approval",
  "address_forbidden",
  "plugin_authentication_failed",
  "config_incomplete",
]);

/** Asks once, and fails only with what trying again cannot help. */
export async function proveAccess(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!isAppError(error) || FOR_A_PERSON.has(error.code)) throw error;
  }
}
