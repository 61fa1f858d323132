import { inspect } from "node:util";
import { AppError } from "../contract/error.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import { createSecretIndex, SHORTEST_SECRET } from "./secret-index.ts";
import { spellingsOf } from "./spellings.ts";

const HIDDEN = "[redacted]";

/** Bearer tokens and keys in the shapes providers hand out, in case a plugin prints its upstream's answer. */
const KEY_SHAPES = /\b(?:Bearer\s+[\w.~+/=-]{8,}|(?:sk|pk|ghp|xox[abp])[-_][\w-]{8,})/gi;

/** Configurations whose secrets are known at once: the ones in use, tried and used before, with room for a few attempts. */
const CONFIGURATIONS_KEPT = 8;

/** Of those, however large their secrets. */
const CONFIGURATIONS_SURE = 3;

/** UTF-16 units of all spellings, of every configuration but the newest few. */
const SPELLINGS_MAX = 4_000_000;

/** Shorter ones than `SHORTEST_SECRET` would eat parts of ordinary words: they are removed only where they stand alone. Shorter still ones say nothing even when they are seen: "1", "on". */
const SHORTEST_WORD = 3;

/** Without a list of sensitive fields every text this long counts as one. */
const SHORTEST_SUSPECT = 8;

/** Keeps the secrets of one plugin's configuration out of everything that plugin says. */
export interface Redaction {
  /** Remembers the secrets of a configuration that is about to be sent. Those of the few before it stay remembered. */
  learn(config: ConfigValues): void;
  /** Remembers the secrets of one configuration as such, or that it is in use again. */
  add(secrets: readonly string[]): void;
  /** For error messages and excerpts: removes secrets and whatever is shaped like a key. */
  text(text: string): string;
  /** For values read from an answer: removes secrets from every string in it, and numbers that are one. */
  value(value: unknown): unknown;
  /**
   * For what is thrown while a plugin is spoken to: the same error with message, hint and details free of secrets. Its causes are
   * left out when they hold one.
   */
  error(error: AppError): AppError;
  /** For one text that arrives in pieces: a secret that is cut in two is found all the same. */
  stream(): StreamRedaction;
}

/** One text on its way. What may be the beginning of a secret is held back until more has come, at most the longest secret. */
export interface StreamRedaction {
  push(text: string): string;
  /** What is held back, at the end of the text or where it pauses. */
  end(): string;
}

/** `sensitiveFields` are names of configuration fields; without them every longer text is treated as a secret. */
export function createRedaction(sensitiveFields?: readonly string[]): Redaction {
  /** Oldest first. */
  let known: Secrets[] = [];
  let secrets = createSecretIndex([]);
  let shorter: RegExp | null = null;

  const hideSecrets = (text: string) => {
    const rest = secrets.replace(text, HIDDEN);
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

  function add(texts: readonly string[]): void {
    if (texts.length === 0) return;
    const same = known.find((earlier) => texts.every((text) => earlier.texts.has(text)));
    const others = known.filter((earlier) => earlier !== same);
    known = keepNewest([...others, same ?? toSecrets(texts)]);
    if (same) return;
    const words = new Set(known.flatMap((configuration) => [...configuration.words]));
    secrets = createSecretIndex(known.flatMap(({ spellings }) => [...spellings]));
    shorter = words.size === 0 ? null : new RegExp(`(?<!\\w)(?:${toAlternatives(words)})(?!\\w)`, "g");
  }

  function hideText(text: string): string {
    return hideSecrets(text).replace(KEY_SHAPES, HIDDEN);
  }

  function hideInError(error: AppError): AppError {
    if (known.length === 0) return error;
    const { code, message, extras, cause } = error;
    const isClean = cause === undefined || hideSecrets(describeCause(cause)) === describeCause(cause);
    const safe = { ...(hideDeep(extras) as typeof extras), ...(isClean ? { cause } : {}) };
    return new AppError(code, hideText(message), safe);
  }

  return {
    add,
    error: hideInError,
    learn(config) {
      const found = Object.entries(config).flatMap(([field, value]) => {
        if (value === null || typeof value === "boolean") return [];
        if (sensitiveFields) return sensitiveFields.includes(field) ? textsOf(value) : [];
        return typeof value === "string" && value.length >= SHORTEST_SUSPECT ? [value] : [];
      });
      add(found);
    },
    text: hideText,
    value: (value) => (known.length === 0 ? value : hideDeep(value)),
    stream() {
      let held = "";
      return {
        push(text) {
          if (known.length === 0) return text;
          const { done, held: rest } = secrets.split(held + text, HIDDEN);
          held = rest;
          return done;
        },
        end() {
          const rest = secrets.replace(held, HIDDEN);
          held = "";
          return rest;
        },
      };
    },
  };
}

/** What a log would show of it, its own causes included. */
function describeCause(cause: unknown): string {
  return inspect(cause, { depth: 4 });
}

/** What is looked for because of one configuration. */
interface Secrets {
  texts: ReadonlySet<string>;
  spellings: ReadonlySet<string>;
  words: ReadonlySet<string>;
}

function toSecrets(texts: readonly string[]): Secrets {
  const long = texts.filter(({ length }) => length >= SHORTEST_SECRET);
  const short = texts.filter(({ length }) => length >= SHORTEST_WORD && length < SHORTEST_SECRET);
  return {
    texts: new Set(texts),
    spellings: new Set(long.flatMap((text) => [...spellingsOf(text)])),
    words: new Set(short),
  };
}

function keepNewest(known: readonly Secrets[]): Secrets[] {
  const kept = known.slice(-CONFIGURATIONS_KEPT);
  const isTooLarge = () => kept.reduce((sum, { spellings }) => sum + lengthOf(spellings), 0) > SPELLINGS_MAX;
  while (kept.length > CONFIGURATIONS_SURE && isTooLarge()) kept.shift();
  return kept;
}

function lengthOf(texts: Iterable<string>): number {
  let sum = 0;
  for (const { length } of texts) sum += length;
  return sum;
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
