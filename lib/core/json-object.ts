import type { Json } from "../contract/manifest.ts";

/** Objects that somebody else wrote: their keys may be spelled in several ways. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Which known name each key means: itself, or the one it equals when case, `_` and `-` are ignored (`providertype`,
 * `providerType` → `provider_type`). A name claimed by several keys goes to the exact one, or to none.
 * Keys that mean no known name are absent from the result.
 */
export function matchKeys(keys: readonly string[], known: readonly string[]): Map<string, string> {
  const nameOf = new Map(known.map((name) => [squash(name), name]));
  const claims = new Map<string, string[]>();
  for (const key of keys) {
    const name = nameOf.get(squash(key));
    if (name !== undefined) claims.set(name, [...(claims.get(name) ?? []), key]);
  }
  const matched = new Map<string, string>();
  for (const [name, claimants] of claims) {
    const winner = claimants.includes(name) ? name : claimants.length === 1 ? claimants[0] : undefined;
    if (winner !== undefined) matched.set(winner, name);
  }
  return matched;
}

function squash(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, "");
}

/** Equal by value: the order of an object's keys does not matter. Undefined equals only itself. */
export function isSameJson(a: Json | undefined, b: Json | undefined): boolean {
  return canonical(a) === canonical(b);
}

/** JSON text with sorted keys. */
function canonical(value: Json | undefined): string | undefined {
  return JSON.stringify(value, (_key, part: Json) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
