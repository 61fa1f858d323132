import type { SecretWrite } from "../../contract/config.ts";
import { AppError, type FieldIssue } from "../../contract/error.ts";
import type { ConfigField } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { effectiveConfig, findStranded, missingRequired } from "../../core/config.ts";
import { textsOf } from "../../transport/redaction.ts";
import type { Destinations } from "./secret-origin.ts";
import type { OpenedSecrets, PluginRecord, Repositories } from "../../data/data.ts";

/** A configuration that is not saved: all explicit values, and what differs from the stored secrets. */
export interface Draft {
  values: ConfigValues;
  secrets: Readonly<Record<string, SecretWrite>>;
}

/** A configuration ready to be sent, with every secret in clear text. Never leaves the host but to the plugin. */
export interface OutgoingConfig {
  effective: ConfigValues;
  /** Scheme, host and port it is meant for: no other gets the secrets. */
  origin: string | null;
  /** Of the saved configuration it was made from. */
  version: number;
  values: ConfigValues;
  /** The clear text of every secret that is sent and of its parts, to be masked in whatever comes back. */
  secrets: string[];
  /** Why a secret that is set cannot be sent, by field. */
  problems: Record<string, string>;
}

/**
 * What `/initialize` is to be sent: the saved configuration, or `draft` in its place. Nothing is refused here:
 * `requireComplete` does that.
 */
export async function openConfig(
  record: PluginRecord,
  { configs, originOf }: { configs: Repositories["configs"]; originOf: Destinations["originOf"] },
  draft?: Draft,
): Promise<OutgoingConfig> {
  const { id, manifest } = record;
  const schema = manifest.metadata.config_schema;
  const { values: saved, version } = await configs.get(id);
  const values = draft?.values ?? saved;
  const origin = originOf(record, values);
  const stored = await configs.openSecrets(id, origin);
  const opened = draft ? await applyWrites(stored, draft.secrets, configs) : stored;
  const effective = effectiveConfig(schema, values, opened.values);
  if (originOf(record, effective) !== origin) throw hiddenAddress(record);
  return {
    ...{ version, values, origin, effective, problems: opened.problems },
    secrets: [
      ...Object.values(opened.values),
      ...Object.values(findStranded(schema, values)),
      ...schema.flatMap(({ name, sensitive }) => (sensitive ? textsOf(effective[name]) : [])),
    ],
  };
}

/** A registration may call the address itself sensitive: then nobody can tell whom the other secrets are for. */
function hiddenAddress({ name }: PluginRecord): AppError {
  return new AppError("config_incomplete", `The description of ${name} makes a secret of its address.`, {
    hint: "Its secrets are sent to nobody while that is so. Correct the manifest: the address is no sensitive field.",
  });
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
    ? "The plugin has changed what it requires: accept its new description, then fill in what is missing on the Configuration tab."
    : "Fill in what is missing on the Configuration tab, then switch it on again.";
  return new AppError("config_incomplete", message, { field: first.path, hint, issues });
}
