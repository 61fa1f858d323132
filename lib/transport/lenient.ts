import { Capabilities, ConfigField, FieldValidation, Metadata } from "../contract/manifest.ts";
import { Model, PluginHealth } from "../contract/protocol.ts";
import type { AppError } from "../contract/error.ts";
import { findLikelyPrice } from "../core/cost.ts";
import { describeIssue, toFieldIssues } from "../core/issues.ts";
import { readModelList } from "../core/model-list.ts";
import { isJsonObject, matchKeys, type JsonObject } from "../core/json-object.ts";
import {
  conform,
  invalidResponse,
  join,
  LIST_CAPS,
  lowerFirst,
  nameOf,
  requireFew,
  requireObject,
  respell,
  type Reading,
} from "./reading.ts";

/**
 * The plugin's objects as the contract knows them, read as kindly as the protocol page asks: other spellings of keys, null for
 * absent, fractions for whole numbers, unknown fields. Each kindness leaves a warning, because Loom itself is stricter.
 */

export function readMetadata(value: unknown, reading: Reading): Metadata {
  const metadata = respell(requireObject(value, "", reading), keysOf(Metadata), "", reading);
  if (isJsonObject(metadata["capabilities"])) {
    metadata["capabilities"] = respell(
      metadata["capabilities"],
      keysOf(Capabilities),
      "capabilities",
      reading,
    );
  }
  if (Array.isArray(metadata["config_schema"])) {
    requireFew(metadata["config_schema"].length, LIST_CAPS.fields, "fields in config_schema", reading);
    metadata["config_schema"] = metadata["config_schema"].map((field: unknown, index) =>
      isJsonObject(field) ? readField(field, `config_schema[${index}]`, reading) : field,
    );
  }
  return conform(Metadata, metadata, "", reading);
}

function readField(value: JsonObject, at: string, reading: Reading): JsonObject {
  // A default of null is a value here, not an absence, but one that means the same.
  const field = respell(value, keysOf(ConfigField), at, reading);
  const rules = field["validation"];
  if (!isJsonObject(rules)) return field;
  return { ...field, validation: respell(rules, keysOf(FieldValidation), `${at}.validation`, reading) };
}

/** A skew up to this many ms is normal between two machines, `reliability.md`. */
const MAX_SKEW_MS = 5_000;
/** A claim above ten minutes cannot be a latency: the deadline is five seconds. */
const MAX_LATENCY_MS = 600_000;

/**
 * Health as the plugin sees itself. Only `healthy: true` is up; anything else is down with the reason in `message`.
 * Side information of a wrong type is dropped with a warning: it never decides. `nowMs` is our own clock.
 */
export function readHealth(value: unknown, reading: Reading, nowMs: number): PluginHealth {
  const health = respell(requireObject(value, "", reading), keysOf(PluginHealth), "", reading);
  dropUnless(health, "message", (item) => typeof item === "string", "a text", reading);
  dropUnless(health, "details", isJsonObject, "an object", reading);
  dropUnless(health, "latency_ms", isLatency, `a number from 0 to ${MAX_LATENCY_MS}`, reading);
  dropUnless(health, "timestamp", (item) => typeof item === "string", "a text", reading);
  checkTimestamp(health, reading, nowMs);
  if (typeof health["healthy"] !== "boolean") {
    const said = typeof health["message"] === "string" ? ` The plugin says: ${health["message"]}` : "";
    health["message"] = `${explainUnhealthy(health)}${said}`;
    health["healthy"] = false;
  }
  return conform(PluginHealth, health, "", reading);
}

/** True for a body that says something about health, whatever status it came with. */
export function claimsHealth(body: unknown): body is JsonObject {
  return isJsonObject(body) && matchKeys(Object.keys(body), ["healthy"]).size > 0;
}

/** A health body that came with an error status: down, whatever it claims. */
export function readUnhealthy(
  body: JsonObject,
  status: number,
  reading: Reading,
  nowMs: number,
): PluginHealth {
  const health = readHealth(body, reading, nowMs);
  if (!health.healthy) return health;
  return { ...health, healthy: false, message: `The plugin says it is healthy, but with status ${status}.` };
}

function explainUnhealthy(health: JsonObject): string {
  if ("healthy" in health) return `healthy must be true or false, not ${nameOf(health["healthy"])}.`;
  const instead = Object.keys(health).slice(0, 3).join(", ");
  return `The health answer has no healthy field${instead ? ` (only ${instead})` : ""}: send {"healthy": true}.`;
}

function isLatency(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= MAX_LATENCY_MS;
}

function dropUnless(
  value: JsonObject,
  key: string,
  isRight: (item: unknown) => boolean,
  wanted: string,
  reading: Reading,
): void {
  if (!(key in value) || isRight(value[key])) return;
  reading.warnings.push(`${key} must be ${wanted}, not ${describe(value[key])}; it is ignored`);
  Reflect.deleteProperty(value, key);
}

function describe(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : nameOf(value);
}

function checkTimestamp(health: JsonObject, reading: Reading, nowMs: number): void {
  const timestamp = health["timestamp"];
  if (typeof timestamp !== "string") return;
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(timestamp);
  const at = Date.parse(hasZone ? timestamp : `${timestamp}Z`);
  if (Number.isNaN(at)) {
    reading.warnings.push("timestamp is not an ISO 8601 time; it is ignored");
    Reflect.deleteProperty(health, "timestamp");
  } else if (!hasZone) {
    // Its skew would measure the time zone, not the clock.
    reading.warnings.push("timestamp has no time zone: Loom refuses it");
  } else if (Math.abs(at - nowMs) > MAX_SKEW_MS) {
    const seconds = Math.round(Math.abs(at - nowMs) / 1000);
    reading.warnings.push(`the plugin's clock is ${seconds} s ${at < nowMs ? "behind" : "ahead of"} ours`);
  }
}

const WHOLE_MODEL_NUMBERS = ["context_window", "max_output_tokens"] as const;

/**
 * A bare array; `{"models": […]}`, OpenAI's `{"data": […]}` and plain names are understood. What cannot be read is left out with a
 * warning; throws `plugin_invalid_response` when that is all of it.
 */
export function readModels(value: unknown, reading: Reading): Model[] {
  const list = readModelList(value, (entry, index) => readModel(entry, index, reading));
  if (list === null) throw unreadableModels(value, reading);
  if (list.wrapper !== null)
    reading.warnings.push(`the models are wrapped in "${list.wrapper}": Loom expects a bare array`);
  reading.warnings.push(...list.warnings);
  return list.models;
}

function readModel(entry: JsonObject, index: number, reading: Reading): Model {
  const at = `[${index}]`;
  const model = respell(entry, keysOf(Model), at, reading);
  for (const key of WHOLE_MODEL_NUMBERS) roundFraction(model, key, at, reading);
  noticePrice(model["cost_per_mtoken"], at, reading);
  const parsed = Model.safeParse(model, { error: describeIssue });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    issue
      ? toFieldIssues(issue)
          .map(({ path, message }) => `${path}: ${lowerFirst(message)}`)
          .join("; ")
      : "unreadable",
  );
}

function unreadableModels(value: unknown, reading: Reading): AppError {
  const list = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? (value["models"] ?? value["data"])
      : undefined;
  if (!Array.isArray(list))
    return invalidResponse(reading, "", `expected an array of models, received ${nameOf(value)}`);
  return invalidResponse(reading, "", `none of its ${list.length} models can be read`);
}

function noticePrice(usd: unknown, at: string, reading: Reading): void {
  const likely = typeof usd === "number" ? findLikelyPrice(usd) : null;
  if (likely === null) return;
  reading.warnings.push(
    `${at}.cost_per_mtoken is ${String(usd)} USD per million tokens, which looks like a price per thousand: write ${likely} then`,
  );
}

function roundFraction(value: JsonObject, key: string, at: string, reading: Reading): void {
  const number = value[key];
  if (typeof number !== "number" || Number.isInteger(number)) return;
  reading.warnings.push(`${join(at, key)} is ${number}: Loom refuses fractions here`);
  value[key] = Math.round(number);
}

/** Loom reads these into Go integers, which refuse a decimal point even before a zero. */
const WHOLE_WITH_POINT =
  /"(latency_ms|context_window|max_output_tokens|min_length|max_length)"\s*:\s*(-?\d+\.0+)(?![\d.eE])/g;

/** `JSON.parse` cannot tell 5.0 from 5; the text can. */
export function noticeWholeFractions(text: string, reading: Reading): void {
  const first = WHOLE_WITH_POINT[Symbol.matchAll](text).next().value;
  if (first)
    reading.warnings.push(
      `${first[1]} is written ${first[2]}: Loom accepts whole numbers without a point only`,
    );
}

function keysOf(schema: { shape: object }): string[] {
  return Object.keys(schema.shape);
}
