import { AppError } from "../contract/error.ts";
import type { Metadata } from "../contract/manifest.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import { effectiveConfig, missingRequired } from "../core/config.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import type { PluginClient } from "../transport/client.ts";
import type { StepLog } from "./steps.ts";

/** What a plugin said and was told when it was initialised. */
export interface Introduction {
  metadata: Metadata;
  /** Of the configuration it accepted. */
  configVersion: number;
}

export interface IntroductionOptions {
  record: PluginRecord;
  client: PluginClient;
  configs: Repositories["configs"];
  steps: Pick<StepLog, "run">;
  signal: AbortSignal;
  /** Called between asking and telling: identity and configuration are in order. */
  onIdentified?: () => void;
}

/**
 * Makes a plugin ready to work: who are you → is that who we registered → is its configuration complete → initialize.
 * Secrets are opened only after the identity is confirmed, so another program on the same port is never told any.
 * Throws the plugin's error, `plugin_identity_mismatch` or `config_incomplete`.
 */
export async function introduce(options: IntroductionOptions): Promise<Introduction> {
  const { record, client, configs, steps, signal, onIdentified } = options;
  const metadata = await steps.run("metadata", async () => {
    const { value } = await client.metadata(signal);
    confirmIdentity(record, value);
    return { value, note: `Identity confirmed: ${value.provider_type} ${value.version}` };
  });
  const config = await steps.run("config", async () => {
    const value = await readConfig(record, configs);
    return { value, note: countValues(value.effective) };
  });
  signal.throwIfAborted();
  onIdentified?.();
  await steps.run("initialize", async () => ({ value: await client.initialize(config.effective, signal) }));
  return { metadata, configVersion: config.version };
}

function confirmIdentity({ manifest }: PluginRecord, actual: Metadata): void {
  const expected = manifest.metadata.provider_type;
  if (actual.provider_type === expected) return;
  throw new AppError(
    "plugin_identity_mismatch",
    `Registered as "${expected}", but "${actual.provider_type}" answers at this address`,
    {
      hint: `Start ${expected} on this address, or remove this plugin and register ${actual.provider_type}. Nothing was sent to it`,
      details: { expected, actual: actual.provider_type },
    },
  );
}

async function readConfig(
  { id, manifest }: PluginRecord,
  configs: Repositories["configs"],
): Promise<{ effective: ConfigValues; version: number }> {
  const schema = manifest.metadata.config_schema;
  const [{ values, version }, secrets] = await Promise.all([configs.get(id), configs.openSecrets(id)]);
  const missing = missingRequired(schema, values, Object.keys(secrets));
  const [first] = missing;
  if (first !== undefined) throw incomplete(first, missing);
  return { effective: effectiveConfig(schema, values, secrets), version };
}

function incomplete(first: string, missing: string[]): AppError {
  return new AppError("config_incomplete", `The configuration lacks ${missing.join(", ")}`, {
    field: first,
    hint: "Fill in what is missing on the Configuration tab, then switch it on again",
    issues: missing.map((path) => ({ path, message: "Required: this has no value yet" })),
  });
}

function countValues(config: ConfigValues): string {
  const count = Object.keys(config).length;
  return count === 0
    ? "Nothing to configure"
    : `${count === 1 ? "1 value" : `${count} values`}, defaults included`;
}
