import type { AddressField } from "../contract/config.ts";
import type { ConfigValues } from "../contract/plugin.ts";

/** Scheme, host and port of a stored endpoint, which a secret belongs to; null for a built-in plugin. */
export function originOf(endpoint: string | null): string | null {
  return endpoint === null ? null : (/^[^/]*\/\/[^/]*/.exec(endpoint)?.[0] ?? endpoint);
}

/**
 * Scheme, host and port that a built-in plugin goes to with this effective configuration; null while its address leads nowhere.
 * Read with the parser that the connection uses.
 */
export function originOfConfig({ name, fallback }: AddressField, config: ConfigValues): string | null {
  const value = Object.hasOwn(config, name) ? config[name] : undefined;
  const typed = typeof value === "string" ? value.trim() : "";
  const text = typed === "" ? fallback : typed;
  if (text === null || !URL.canParse(text)) return null;
  const { protocol, host } = new URL(text);
  return protocol === "http:" || protocol === "https:" ? `${protocol}//${host}` : null;
}
