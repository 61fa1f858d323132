import type { ConfigValues } from "../contract/plugin.ts";

const HIDDEN = "[redacted]";

/** Bearer tokens and keys in the shapes providers hand out, in case a plugin prints its upstream's answer. */
const KEY_SHAPES = /\b(?:Bearer\s+[\w.~+/=-]{8,}|(?:sk|pk|ghp|xox[abp])[-_][\w-]{8,})/gi;

/** Shorter values would eat ordinary words. */
const SHORTEST_SECRET = 6;

/** Without a list of sensitive fields every text this long counts as one. */
const SHORTEST_SUSPECT = 8;

/** Keeps the secrets of one plugin's configuration out of everything that plugin says. */
export interface Redaction {
  /** Remembers the secrets of a configuration that is about to be sent. Earlier ones stay remembered. */
  learn(config: ConfigValues): void;
  /** Remembers one secret, however it is called. */
  hide(secret: string): void;
  /** For error messages and excerpts: removes secrets and whatever is shaped like a key. */
  text(text: string): string;
  /** For values read from an answer: removes secrets from every string in it. */
  value(value: unknown): unknown;
}

/** `sensitiveFields` are names of configuration fields; without them every longer text is treated as a secret. */
export function createRedaction(sensitiveFields?: readonly string[]): Redaction {
  const secrets = new Set<string>();
  const remember = (secret: string) => {
    for (const spelling of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      secrets.add(spelling);
    }
  };
  const hideSecrets = (text: string) => {
    let rest = text;
    for (const secret of secrets) rest = rest.replaceAll(secret, HIDDEN);
    return rest;
  };
  const hideDeep = (value: unknown): unknown => {
    if (typeof value === "string") return hideSecrets(value);
    if (Array.isArray(value)) return value.map(hideDeep);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [hideSecrets(key), hideDeep(item)]));
  };

  return {
    learn(config) {
      for (const [field, value] of Object.entries(config)) {
        const shortest = sensitiveFields ? SHORTEST_SECRET : SHORTEST_SUSPECT;
        const isSecret = sensitiveFields ? sensitiveFields.includes(field) : typeof value === "string";
        if (!isSecret || value === null || typeof value === "object") continue;
        const text = String(value);
        if (text.length < shortest) continue;
        remember(text);
      }
    },
    hide(secret) {
      if (secret.length >= SHORTEST_SECRET) remember(secret);
    },
    text: (text) => hideSecrets(text).replace(KEY_SHAPES, HIDDEN),
    value: (value) => (secrets.size === 0 ? value : hideDeep(value)),
  };
}
