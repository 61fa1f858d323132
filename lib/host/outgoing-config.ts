import type { SecretWrite } from "../contract/config.ts";
import { AppError, type FieldIssue } from "../contract/error.ts";
import type { ConfigField } from "../contract/manifest.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import { originOf } from "../core/address.ts";
import { effectiveConfig, findStranded, missingRequired } from "../core/config.ts";
import type { OpenedSecrets, PluginRecord, Repositories } from "../data/data.ts";

/** A configuration that is not saved: all explicit values, and what differs from the stored secrets. */
export interface Draft {
  values: ConfigValues;
  secrets: Readonly<Record<string, SecretWrite>>;
}

/** A configuration ready to be sent, with every secret in clear text. Never leaves the host but to the plugin. */
export interface OutgoingConfig {
  effective: ConfigValues;
  /** Of the saved configuration it was made from. */
  version: number;
  values: ConfigValues;
  /** The clear text of every secret that is sent, to be masked in whatever comes back. */
  secrets: string[];
  /** Why a secret that is set cannot be sent, by field. */
  problems: Record<string, string>;
}

/**
 * What `/initialize` is to be sent: the saved configuration, or `draft` in its place. Nothing is refused here:
 * `requireComplete` does that.
 */
export async function openConfig(
  { id, endpoint, manifest }: PluginRecord,
  configs: Repositories["configs"],
  draft?: Draft,
): Promise<OutgoingConfig> {
  const schema = manifest.metadata.config_schema;
  const [{ values: saved, version }, stored] = await Promise.all([
    configs.get(id),
    configs.openSecrets(id, originOf(endpoint)),
  ]);
  const opened = draft ? await applyWrites(stored, draft.secrets, configs) : stored;
  const values = draft?.values ?? saved;
  return {
    version,
    values,
    secrets: [...Object.values(opened.values), ...Object.values(findStranded(schema, values))],
    problems: opened.problems,
    effective: effectiveConfig(schema, values, opened.values),
  };
}

async function applyWrites(
  stored: OpenedSecrets,
  writes: Draft["secrets"],
  configs: Repositories["configs"],
): Promise<OpenedSecrets> {
  const values = new Map(Object.entries(stored.values));
  const problems = new Map(Object.entries(stored.problems));
  for (const [name, write] of Object.entries(writes)) {
    values.delete(name);
    problems.delete(name);
    if ("set" in write) values.set(name, write.set);
    if (!("reference" in write)) continue;
    const resolution = await configs.resolveReference(write.reference);
    if ("value" in resolution) values.set(name, resolution.value);
    else problems.set(name, resolution.problem);
  }
  return { values: Object.fromEntries(values), problems: Object.fromEntries(problems) };
}

/**
 * Throws `config_incomplete` with every field that keeps the plugin from being initialised: secrets that cannot be used, required
 * fields without a value, and fields that only what the plugin says of itself now (`reported`) requires.
 */
export function requireComplete(
  { effective, problems }: OutgoingConfig,
  schema: readonly ConfigField[],
  reported: readonly ConfigField[] = [],
): void {
  const asked = new Set(schema.map(({ name }) => name));
  const unusable = Object.entries(problems).filter(([name]) => asked.has(name));
  const missing = missingRequired(schema, effective, []).filter((name) => !Object.hasOwn(problems, name));
  const unheardOf = missingRequired(reported, effective, []).filter(
    (name) => !missing.includes(name) && !Object.hasOwn(problems, name),
  );
  const issues: FieldIssue[] = [
    ...unusable.map(([path, message]) => ({ path, message })),
    ...missing.map((path) => ({ path, message: "Required: this has no value yet" })),
    ...unheardOf.map((path) => ({
      path,
      message: "The plugin requires this now: accept its new description first",
    })),
  ];
  const [first] = issues;
  if (first) throw incomplete(first, issues, unheardOf.length === issues.length);
}

/** "3 values, defaults included", for people. */
export function describeCount({ effective }: OutgoingConfig): string {
  const count = Object.keys(effective).length;
  if (count === 0) return "Nothing to configure";
  return `${count === 1 ? "1 value" : `${count} values`}, defaults included`;
}

function incomplete(first: FieldIssue, issues: FieldIssue[], isDrift: boolean): AppError {
  const names = issues.map(({ path }) => path).join(", ");
  const isUnusable = !first.message.startsWith("Required") && !isDrift;
  const message = isUnusable
    ? `The secret ${first.path} cannot be used: ${first.message}`
    : `The configuration lacks ${names}`;
  const hint = isDrift
    ? "The plugin has changed what it requires: accept its new description, then fill in what is missing on the Configuration tab"
    : "Fill in what is missing on the Configuration tab, then switch it on again";
  return new AppError("config_incomplete", message, { field: first.path, hint, issues });
}
