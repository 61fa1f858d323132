import type { ConfigValues } from "../contract/plugin.ts";

/** All explicit values of a plugin together, as characters of their JSON. Every save keeps them once more, as a revision. */
const CONFIG_MAX_LENGTH = 262_144;

/** The values that are too large together, as one issue of the largest of them; null when they are not. */
export function findOversize(values: ConfigValues): { field: string; message: string } | null {
  const length = lengthOf(values);
  if (length <= CONFIG_MAX_LENGTH) return null;
  const sizes = Object.entries(values).map(([field, value]) => ({ field, size: lengthOf(value) }));
  const { field } = sizes.reduce((largest, one) => (one.size > largest.size ? one : largest));
  const [is, most] = [length, CONFIG_MAX_LENGTH].map((number) => number.toLocaleString("en"));
  return {
    field,
    message: `All values together have ${is} characters as JSON, and at most ${most} are kept; this one is the longest`,
  };
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value).length;
}
