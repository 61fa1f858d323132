import type { ConfigValues } from "../contract/plugin.ts";
import { spellingsOf } from "./spellings.ts";

const HIDDEN = "[redacted]";

/** Bearer tokens and keys in the shapes providers hand out, in case a plugin prints its upstream's answer. */
const KEY_SHAPES = /\b(?:Bearer\s+[\w.~+/=-]{8,}|(?:sk|pk|ghp|xox[abp])[-_][\w-]{8,})/gi;

/** Shorter values would eat parts of ordinary words: they are removed only where they stand alone, in running text. */
const SHORTEST_SECRET = 6;

/** Shorter ones say nothing even when they are seen: "1", "on". */
const SHORTEST_WORD = 3;

/** Without a list of sensitive fields every text this long counts as one. */
const SHORTEST_SUSPECT = 8;

/** Keeps the secrets of one plugin's configuration out of everything that plugin says. */
export interface Redaction {
  /** Remembers the secrets of a configuration that is about to be sent. Earlier ones stay remembered. */
  learn(config: ConfigValues): void;
  /** Remembers secrets as such. */
  conceal(secrets: readonly string[]): void;
  /** For error messages and excerpts: removes secrets and whatever is shaped like a key. */
  text(text: string): string;
  /** For values read from an answer: removes secrets from every string in it, and numbers that are one. */
  value(value: unknown): unknown;
}

/** `sensitiveFields` are names of configuration fields; without them every longer text is treated as a secret. */
export function createRedaction(sensitiveFields?: readonly string[]): Redaction {
  const secrets = new Set<string>();
  const words = new Set<string>();
  let longer: RegExp | null = null;
  let shorter: RegExp | null = null;

  const hideSecrets = (text: string) => {
    const rest = longer === null ? text : text.replace(longer, HIDDEN);
    // Names and ids have no spaces: a short secret that happens to be one must not change who a plugin is.
    return shorter !== null && /\s/.test(rest) ? rest.replace(shorter, HIDDEN) : rest;
  };
  const hideDeep = (value: unknown): unknown => {
    if (typeof value === "string") return hideSecrets(value);
    if (typeof value === "number") return secrets.has(String(value)) ? HIDDEN : value;
    if (Array.isArray(value)) return value.map(hideDeep);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [hideSecrets(key), hideDeep(item)]));
  };

  function add(text: string): void {
    if (text.length >= SHORTEST_SECRET) for (const spelling of spellingsOf(text)) secrets.add(spelling);
    else if (text.length >= SHORTEST_WORD) words.add(text);
  }

  function conceal(texts: readonly string[]): void {
    const known = secrets.size + words.size;
    for (const text of texts) add(text);
    if (secrets.size + words.size === known) return;
    longer = secrets.size === 0 ? null : new RegExp(toAlternatives(secrets), "g");
    shorter = words.size === 0 ? null : new RegExp(`(?<!\\w)(?:${toAlternatives(words)})(?!\\w)`, "g");
  }

  return {
    conceal,
    learn(config) {
      const found = Object.entries(config).flatMap(([field, value]) => {
        if (value === null || typeof value === "boolean") return [];
        if (sensitiveFields) return sensitiveFields.includes(field) ? textsOf(value) : [];
        return typeof value === "string" && value.length >= SHORTEST_SUSPECT ? [value] : [];
      });
      conceal(found);
    },
    text: (text) => hideSecrets(text).replace(KEY_SHAPES, HIDDEN),
    value: (value) => (secrets.size + words.size === 0 ? value : hideDeep(value)),
  };
}

/** A secret may be an object: each text in it is one, and each number. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** The longest first: a secret that contains another one is removed whole. */
function toAlternatives(texts: Iterable<string>): string {
  return [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[$()*+.?[\\\]^{|}\-/]/g, "\\$&"))
    .join("|");
}
