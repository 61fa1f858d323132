import type { SecretWrite } from "../contract/config.ts";
import { AppError } from "../contract/error.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import type { PluginRecord } from "../data/data.ts";
import type { Context } from "./context.ts";
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
  if (kept.length > 0)
    throw bound(record, host.destinations.addressField(record)?.name, kept.toSorted(), next);
}

function bound(
  { name }: PluginRecord,
  field: string | undefined,
  secrets: string[],
  origin: string | null,
): AppError {
  const path = field === undefined ? "endpoint" : `values.${field}`;
  const message = `${name} has secrets that belong to its present address: ${secrets.join(", ")}. They are not sent to ${origin ?? "another"}.`;
  return new AppError("secrets_bound", message, {
    field: path,
    hint: 'To go there, enter each of them again in the same write ("set" or "reference"), or let it go ("clear": true).',
    issues: [
      { path, message },
      ...secrets.map((secret) => ({
        path: `secrets.${secret}`,
        message: `It belongs to the present address: enter it again for ${origin ?? "the new one"}, or clear it.`,
      })),
    ],
    details: { secrets },
  });
}
