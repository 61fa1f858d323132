import type { Json, Manifest } from "../contract/manifest.ts";
import type { ManifestChange } from "../contract/drift.ts";
import { isJsonObject, isSameJson } from "./json-object.ts";

/**
 * What differs between two manifests, down to single values, in the order of `before` and then of what is new. Fields of
 * `config_schema` are matched by name: a field that only moved is no difference. Other lists are compared whole.
 */
export function diffManifests(before: Manifest, after: Manifest): ManifestChange[] {
  return diff("", before as Json, after as Json);
}

function diff(path: string, before: Json | undefined, after: Json | undefined): ManifestChange[] {
  if (isSameJson(before, after)) return [];
  const [from, to] = [toParts(path, before), toParts(path, after)];
  if (from && to) {
    const names = new Set([...from.keys(), ...to.keys()]);
    return [...names].flatMap((name) => diff(name, from.get(name), to.get(name)));
  }
  return [
    {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

/** What lies inside a value, by path; null for values that are compared whole. */
function toParts(path: string, value: Json | undefined): Map<string, Json> | null {
  if (isJsonObject(value)) {
    return new Map(Object.entries(value).map(([key, part]) => [path === "" ? key : `${path}.${key}`, part]));
  }
  if (!Array.isArray(value) || !path.endsWith("config_schema")) return null;
  return new Map(value.map((field): [string, Json] => [`${path}[${nameOf(field)}]`, field]));
}

function nameOf(field: Json): string {
  const name = isJsonObject(field) ? field["name"] : undefined;
  return typeof name === "string" ? name : "";
}
