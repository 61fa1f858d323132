import type { PluginConfig } from "@/lib/contract/config.ts";
import type { Json } from "@/lib/contract/manifest.ts";
import { originOfConfig } from "@/lib/core/origin.ts";
import { isSecretChanged, KEPT, ownValue, toKey, toValue, type FormValues } from "./form-values.ts";

/** Scheme, host and port that a form would send its secrets to; null while that is nowhere. */
export function draftOrigin(config: PluginConfig, values: FormValues): string | null {
  const { addressField } = config;
  if (addressField === null) return values.base.origin;
  const value = readAddress(config, values, addressField.name);
  return originOfConfig(addressField, value === undefined ? {} : { [addressField.name]: value });
}

function readAddress({ schema }: PluginConfig, values: FormValues, name: string): Json | undefined {
  const field = schema.find((one) => one.name === name);
  if (!field) return ownValue(values.extras, name);
  try {
    return toValue(field, values) ?? field.default;
  } catch {
    return undefined;
  }
}

/** Stored secrets that a save would leave behind: they belong elsewhere than where the form goes now. */
export interface LeftBehind {
  names: string[];
  from: string;
  to: string;
}

/** Null when the form goes where the saved configuration goes, or takes every secret along by entering or clearing it. */
export function findLeftBehind(config: PluginConfig, values: FormValues): LeftBehind | null {
  const to = draftOrigin(config, values);
  if (to === null || to === config.origin) return null;
  const names = config.schema
    .filter(({ name, sensitive }) => {
      const state = sensitive ? config.secrets[name] : undefined;
      return (
        state?.configured && state.origin !== to && !isSecretChanged(values.secrets[toKey(name)] ?? KEPT)
      );
    })
    .map(({ name }) => name);
  const from = names[0] === undefined ? null : (config.secrets[names[0]]?.origin ?? config.origin);
  return names.length === 0 ? null : { names, from: from ?? "its present address", to };
}

/** A form that leads elsewhere than the one its secrets were typed into, without them; and their names. */
export function withoutForeignSecrets(
  config: PluginConfig,
  typedAt: string | null,
  values: FormValues,
): { values: FormValues; dropped: string[] } {
  if (draftOrigin(config, values) === typedAt) return { values, dropped: [] };
  const isTyped = (key: string) => {
    const secret = values.secrets[key] ?? KEPT;
    return secret.action !== "clear" && isSecretChanged(secret);
  };
  const dropped = config.schema.filter(({ name, sensitive }) => sensitive && isTyped(toKey(name)));
  const kept = Object.fromEntries(dropped.map(({ name }) => [toKey(name), KEPT]));
  return {
    values: { ...values, secrets: { ...values.secrets, ...kept } },
    dropped: dropped.map(({ name }) => name),
  };
}
