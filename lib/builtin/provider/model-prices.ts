import type { Json } from "../../contract/manifest.ts";
import type { Usage } from "../../contract/protocol.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { badSetting } from "./bad-setting.ts";
import { toPattern } from "./model-filter.ts";

/** USD per million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** The price of a model, or null when nobody said one. */
export type PriceList = (id: string) => Price | null;

/**
 * Reads `{"gpt-4o": {"input": 2.5, "output": 10}, "local-*": 0}`: by exact name, else by the first pattern that fits. One number is the
 * price of both directions. Throws `config_incomplete` for `model_prices`.
 */
export function parsePrices(value: Json | undefined): PriceList {
  if (value === undefined || value === null) return () => null;
  if (!isJsonObject(value)) throw malformed("it is no object");
  const entries = Object.entries(value).map(([name, price]) => ({
    name,
    pattern: toPattern(name),
    price: toPrice(name, price),
  }));
  return (id) =>
    (entries.find(({ name }) => name === id) ?? entries.find(({ pattern }) => pattern.test(id)))?.price ??
    null;
}

function toPrice(name: string, value: unknown): Price {
  if (isAmount(value)) return { input: value, output: value };
  if (isJsonObject(value) && isAmount(value["input"]) && isAmount(value["output"])) {
    return { input: value["input"], output: value["output"] };
  }
  throw malformed(`the price of ${name.slice(0, 100)} is neither a number nor input and output`);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function malformed(problem: string): Error {
  return badSetting(
    "model_prices",
    `model_prices cannot be used: ${problem}.`,
    'Write {"model name": {"input": 2.5, "output": 10}}, in USD per million tokens.',
  );
}

/** What `cost_per_mtoken` says: one number for both directions, their middle. Exact costs are computed for each answer. */
export function toPerMillion({ input, output }: Price): number {
  return (input + output) / 2;
}

/** USD of one answer, or undefined while a count or the price is unknown. */
export function toCost(usage: Usage, price: Price | null): number | undefined {
  const { prompt_tokens: prompt, completion_tokens: completion } = usage;
  if (price === null || prompt === undefined || completion === undefined) return undefined;
  return (prompt * price.input + completion * price.output) / 1_000_000;
}
