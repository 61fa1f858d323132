import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { PluginClient } from "../../transport/client.ts";
import { toAnswer, toRequest } from "./step-transcript.ts";
import { describeCount, requireComplete, type OutgoingConfig } from "./effective-config.ts";
import type { StepLog } from "./step-log.ts";

/** What a plugin said and was told when it was initialised. */
export interface Introduction {
  metadata: Metadata;
  /** The configuration it accepted, secrets included: it stays in memory. */
  config: OutgoingConfig;
  /** The registration as it was then. */
  record: PluginRecord;
}

export interface IntroductionOptions {
  record: PluginRecord;
  client: PluginClient;
  /** Opens the configuration to send; may throw, which is the step `config`'s to tell. */
  open: () => Promise<OutgoingConfig>;
  steps: Pick<StepLog, "run">;
  signal: AbortSignal;
  /** What the plugin says it is, before anything is decided about it. */
  onMetadata?: (metadata: Metadata) => void;
  /** Called between asking and telling: identity and configuration are in order. */
  onIdentified?: () => void;
  /** Asked last before it is told: throws when somebody else listens where the console's own process should. */
  requireOwner: (used: PluginRecord) => Promise<void>;
}

/**
 * Makes a plugin ready to work: who are you → is that who we registered → is its configuration complete → initialize.
 * Secrets are opened only after the identity is confirmed, so another program on the same port is never told any.
 * Throws the plugin's error, `plugin_identity_mismatch` or `config_incomplete`.
 */
export async function introduce(options: IntroductionOptions): Promise<Introduction> {
  const { record, client, open, steps, signal, onMetadata, onIdentified } = options;
  const schema = record.manifest.metadata.config_schema;
  const opening = open();
  // The plugin may know the secrets from an earlier run, and repeat them. Trouble with opening them is the next step's.
  const known = await opening.then(
    ({ secrets }) => secrets,
    () => [],
  );
  client.conceal(known);
  const metadata = await steps.run("metadata", async () => {
    const reply = await client.metadata(signal);
    const { value } = reply;
    onMetadata?.(value);
    confirmIdentity(record, value);
    return { value, note: `Identity confirmed: ${value.provider_type} ${value.version}`, ...toAnswer(reply) };
  });
  const config = await steps.run("config", async () => {
    const value = await opening;
    requireComplete(value, schema, metadata.config_schema);
    return { value, note: describeCount(value) };
  });
  signal.throwIfAborted();
  onIdentified?.();
  await steps.run(
    "initialize",
    async () => {
      await options.requireOwner(record);
      const reply = await client.initialize(config.effective, signal);
      return { value: null, ...toAnswer(reply) };
    },
    { request: toRequest(config.effective, schema) },
  );
  return { metadata, config, record };
}

/** Throws `plugin_identity_mismatch`. */
export function confirmIdentity({ manifest }: PluginRecord, actual: Metadata): void {
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
