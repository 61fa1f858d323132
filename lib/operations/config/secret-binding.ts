import type { SecretWrite } from "../../contract/config.ts";
import { AppError } from "../../contract/error.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { Context } from "../context.ts";
import type { StoredConfig } from "./stored-config.ts";

/**
 * Throws `secrets_bound` when `values` would take the plugin to another scheme, host or port while secrets stay that were entered for
 * the present one. Those that `writes` enters anew or clears do not stay.
 */
export function requireBound(
  { host }: Pick<Context, "host">,
  record: PluginRecord,
  { origin, secrets }: Pick<StoredConfig, "origin" | "secrets">,
  values: ConfigValues,
  writes: Readonly<Record<string, SecretWrite>>,
): void {
  const next = host.destinations.originOf(record, values);
  if (next === origin) return;
  const kept = Object.keys(secrets).filter(
    (name) => secrets[name]?.configured && secrets[name].origin !== next && !Object.hasOwn(writes, name),
  );
  if (kept.length === 0) return;
  const field = host.destinations.addressField(record)?.name;
  const belongs = kept.toSorted().map((name) => [name, secrets[name]?.origin ?? "another address"] as const);
  throw bound(
    record,
    field === undefined ? "endpoint" : `values.${field}`,
    belongs,
    next ?? "the new address",
  );
}

/** @param belongs where each of the secrets belongs */
function bound(
  { name }: PluginRecord,
  path: string,
  belongs: ReadonlyArray<readonly [name: string, origin: string]>,
  next: string,
): AppError {
  const secrets = belongs.map(([secret]) => secret);
  const message = `${name} has secrets that belong to its present address: ${secrets.join(", ")}. They are not sent to ${next}.`;
  return new AppError("secrets_bound", message, {
    field: path,
    hint: 'To go there, enter each of them again in the same write ("set" or "reference"), or let it go ("clear": true).',
    issues: [
      { path, message },
      ...belongs.map(([secret, origin]) => ({
        path: `secrets.${secret}`,
        message: `It belongs to ${origin}: enter it again for ${next}, or clear it.`,
      })),
    ],
    details: { secrets },
  });
}
