import type { Model } from "../../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { toPerMillion, type Price } from "../provider/model-prices.ts";
import type { Settings } from "./settings.ts";

/** One model, with what its service says about it; null when a person does not want to see it. */
export function toModel(entry: JsonObject & { id: string }, { isListed, priceOf }: Settings): Model | null {
  const { id } = entry;
  if (!isListed(id)) return null;
  const price = priceOf(id) ?? readPrice(entry["pricing"]);
  const window = firstCount(entry, [
    "context_length",
    "context_window",
    "max_context_length",
    "max_model_len",
  ]);
  const output =
    firstCount(readObject(entry["top_provider"]), ["max_completion_tokens"]) ??
    firstCount(entry, ["max_completion_tokens", "max_output_tokens"]);
  const capabilities = readCapabilities(entry);
  return {
    id,
    ...readText("name", entry),
    ...readText("description", entry),
    ...(window === undefined ? {} : { context_window: window }),
    ...(output === undefined ? {} : { max_output_tokens: output }),
    ...(price === null ? {} : { cost_per_mtoken: toPerMillion(price) }),
    ...(capabilities === null ? {} : { capabilities }),
    ...(isDeprecated(entry) ? { deprecated: true } : {}),
  };
}

function readText(key: "name" | "description", entry: JsonObject): { name?: string; description?: string } {
  const text = entry[key];
  return typeof text === "string" && text.trim() !== "" ? { [key]: text.slice(0, 1000) } : {};
}

function firstCount(entry: JsonObject, keys: readonly string[]): number | undefined {
  return keys
    .map((key) => entry[key])
    .find((value): value is number => Number.isSafeInteger(value) && Number(value) > 0);
}

/** OpenRouter names USD per single token, as text. */
function readPrice(pricing: unknown): Price | null {
  const { prompt, completion } = readObject(pricing);
  const [input, output] = [Number(prompt ?? NaN), Number(completion ?? NaN)].map(
    (price) => price * 1_000_000,
  );
  if (input === undefined || output === undefined || !(input >= 0) || !(output >= 0)) return null;
  return { input, output };
}

/** Mistral and OpenRouter say what a model can do; everybody else leaves it to the plugin's own word. */
function readCapabilities(entry: JsonObject): NonNullable<Model["capabilities"]> | null {
  const said = readObject(entry["capabilities"]);
  const parameters = entry["supported_parameters"];
  const modalities = readObject(entry["architecture"])["input_modalities"];
  const calling = Array.isArray(parameters) ? parameters.includes("tools") : said["function_calling"];
  const vision = Array.isArray(modalities) ? modalities.includes("image") : said["vision"];
  if (typeof calling !== "boolean" && typeof vision !== "boolean") return null;
  return {
    ...(typeof calling === "boolean" ? { function_calling: calling } : {}),
    ...(typeof vision === "boolean" ? { vision } : {}),
  };
}

function isDeprecated(entry: JsonObject): boolean {
  return entry["deprecated"] === true || typeof entry["deprecation"] === "string";
}

function readObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
