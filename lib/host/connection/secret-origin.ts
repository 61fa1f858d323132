import type { AddressField } from "../../contract/config.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { effectiveConfig } from "../../core/config.ts";
import { originOf, originOfConfig } from "../../core/origin.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { BuiltinPlugin } from "../../transport/client.ts";

type Placed = Pick<PluginRecord, "endpoint" | "manifest">;

/** Where plugins go with what they are told. A secret belongs to that place. */
export interface Destinations {
  /** Scheme, host and port the plugin's secrets are sent to while these are its explicit values; null while that is nowhere. */
  originOf(this: void, record: Placed, values: ConfigValues): string | null;
  /** The field that says so; null for a plugin that has an endpoint, or goes nowhere. */
  addressField(this: void, record: Placed): AddressField | null;
}

/**
 * What a built-in plugin itself says counts, never its registration: whoever writes a manifest could leave the address out.
 * @param findBuiltin a plugin in the box by its provider_type
 */
export function createDestinations(
  findBuiltin: (name: string) => Pick<BuiltinPlugin, "address"> | null,
): Destinations {
  function addressField({ manifest }: Placed): AddressField | null {
    if (manifest.type !== "builtin") return null;
    return findBuiltin(manifest.metadata.provider_type)?.address ?? null;
  }

  return {
    addressField,
    originOf(record, values) {
      const field = addressField(record);
      if (field === null) return originOf(record.endpoint);
      return originOfConfig(field, effectiveConfig(record.manifest.metadata.config_schema, values, {}));
    },
  };
}

/** Where what is saved leads; undefined when that cannot be read. Only of a plugin in the box do the values say it. */
export async function findOrigin(
  record: PluginRecord,
  originOf: Destinations["originOf"],
  configs: Pick<Repositories["configs"], "get">,
): Promise<string | null | undefined> {
  if (record.endpoint !== null) return originOf(record, {});
  return configs.get(record.id).then(
    ({ values }) => originOf(record, values),
    () => undefined,
  );
}
