import { NO_SECRET, type SecretState } from "../../contract/config.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { findUnsealed } from "../../core/config.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Context } from "../context.ts";

/** What is saved for a plugin. */
export interface StoredConfig {
  values: ConfigValues;
  version: number;
  /** Where it goes. */
  origin: string | null;
  /** Values that have become secrets since they were entered and are not in the secret box yet, as text. */
  unsealed: Record<string, string>;
  /** Names of the secrets in the secret box. */
  sealed: Set<string>;
  /** Every secret there is, unsealed ones included, which belong where the plugin goes now. */
  secrets: Record<string, SecretState>;
}

export async function readStoredConfig(
  { host }: Pick<Context, "host">,
  { configs }: Repositories,
  record: PluginRecord,
): Promise<StoredConfig> {
  const { values, version } = await configs.get(record.id);
  const origin = host.secretOrigins.originOf(record, values);
  const states = await configs.secretStates(record.id, origin);
  const unsealed = findUnsealed(record.manifest.metadata.config_schema, values);
  return {
    values,
    version,
    origin,
    unsealed,
    sealed: new Set(Object.keys(states)),
    secrets: { ...toStates(unsealed, origin), ...states },
  };
}

/** A value that has become a secret counts as one, although nobody entered it as such. */
function toStates(unsealed: Record<string, string>, origin: string | null) {
  const names = Object.keys(unsealed).filter((name) => unsealed[name] !== "");
  return Object.fromEntries(
    names.map((name) => [name, { ...NO_SECRET, configured: true, kind: "sealed" as const, origin }]),
  );
}
