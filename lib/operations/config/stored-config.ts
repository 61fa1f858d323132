import { NO_SECRET, type SecretState } from "../../contract/config.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { findStranded } from "../../core/config.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Context } from "../context.ts";

/** What is saved for a plugin. */
export interface StoredConfig {
  values: ConfigValues;
  version: number;
  /** Where it goes. */
  origin: string | null;
  /** Values that have become secrets since they were entered, as text. */
  stranded: Record<string, string>;
  /** Names of the secrets in the secret box. */
  boxed: Set<string>;
  /** Every secret there is: also stranded ones, which belong where the plugin goes now. */
  secrets: Record<string, SecretState>;
}

export async function readStored(
  { host }: Pick<Context, "host">,
  { configs }: Repositories,
  record: PluginRecord,
): Promise<StoredConfig> {
  const { values, version } = await configs.get(record.id);
  const origin = host.destinations.originOf(record, values);
  const states = await configs.secretStates(record.id, origin);
  const stranded = findStranded(record.manifest.metadata.config_schema, values);
  return {
    ...{ values, version, origin, stranded },
    boxed: new Set(Object.keys(states)),
    secrets: { ...toStates(stranded, origin), ...states },
  };
}

/** A value that has become a secret is one, although nobody entered it as such. */
function toStates(stranded: Record<string, string>, origin: string | null) {
  const names = Object.keys(stranded).filter((name) => stranded[name] !== "");
  return Object.fromEntries(
    names.map((name) => [name, { ...NO_SECRET, configured: true, kind: "sealed" as const, origin }]),
  );
}
