import type { ConfigField, Manifest, Metadata } from "../contract/manifest.ts";
import type { PluginDrift } from "../contract/drift.ts";
import { diffManifests } from "./manifest-diff.ts";

/**
 * What a plugin says about itself against what it is registered with; null when they agree. A field that is only missing in what
 * the plugin says is a difference like any other.
 * @param hasValue whether the configuration has a value, or a secret, under this name
 */
export function toDrift(
  stored: Manifest,
  reported: Metadata,
  hasValue: (name: string) => boolean,
): Omit<PluginDrift, "id" | "detectedAt"> | null {
  const changes = diffManifests(stored, { ...stored, metadata: reported });
  if (changes.length === 0) return null;
  const schema = compareSchemas(stored.metadata.config_schema, reported.config_schema);
  return { changes, schema, missing: schema.newlyRequired.filter((name) => !hasValue(name)) };
}

function compareSchemas(
  before: readonly ConfigField[],
  after: readonly ConfigField[],
): PluginDrift["schema"] {
  const old = new Map(before.map((field) => [field.name, field]));
  const now = new Map(after.map((field) => [field.name, field]));
  const names = (fields: readonly ConfigField[]) => fields.map(({ name }) => name);
  return {
    added: names(after.filter(({ name }) => !old.has(name))),
    removed: names(before.filter(({ name }) => !now.has(name))),
    retyped: after.flatMap(({ name, type }) => {
      const was = old.get(name)?.type;
      return was === undefined || was === type ? [] : [{ name, before: was, after: type }];
    }),
    newlyRequired: names(after.filter((field) => isAsked(field) && !isAsked(old.get(field.name)))),
    newlySensitive: names(
      after.filter(({ name, sensitive }) => sensitive && old.get(name)?.sensitive === false),
    ),
  };
}

/** Required and without a default: somebody has to give a value. */
function isAsked(field: ConfigField | undefined): boolean {
  return (
    field?.required === true &&
    (field.default === undefined || field.default === null || field.default === "")
  );
}
