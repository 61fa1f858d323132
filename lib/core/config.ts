import type { AuditChange } from "../contract/activity.ts";
import type { ConfigField, Json } from "../contract/manifest.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import { CONFIGURED, type EffectiveValue } from "../contract/config.ts";
import { isExact, parseExactJson } from "./exact-json.ts";
import { findUnfaithful } from "./faithful.ts";
import { isSameJson } from "./json-object.ts";
import { findOversize } from "./config-size.ts";
import { checkRules } from "./config-rules.ts";
import type { RuleCode } from "./config-rules.ts";

/** One thing wrong with one field. `message` says the rule and the fix; it never contains a secret. */
export interface ConfigIssue {
  field: string;
  code: "required" | "encoding" | "size" | RuleCode;
  message: string;
}

/** What is known about one secret: whether it is set and, while somebody types a new one, its text. */
export interface SecretInput {
  configured: boolean;
  value?: string;
}

/**
 * Checks explicit values against a plugin's schema; empty when all is well. The same function runs in the browser, in
 * the API and before an enable. Fields come in schema order, rules in the order required → type → enum → length or
 * range → pattern; of values that are too large together that alone is reported. Keys the schema does not have and types it does not define are left alone, as long as they can be sent.
 * A pattern that RE2 cannot compile checks nothing: that is the schema's fault (`patternProblem`).
 */
export function validateConfig(
  schema: readonly ConfigField[],
  values: ConfigValues,
  secrets: Readonly<Record<string, SecretInput>> = {},
): ConfigIssue[] {
  const known = new Set(schema.map(({ name }) => name));
  const others = Object.keys(values).filter((name) => !known.has(name));
  const oversize = findOversize(values);
  if (oversize) return [{ code: "size", ...oversize }];
  return [
    ...checkFields(schema, values, secrets),
    ...others.flatMap((name) => checkEncoding(name, values[name])),
  ];
}

function checkFields(
  schema: readonly ConfigField[],
  values: ConfigValues,
  secrets: Readonly<Record<string, SecretInput>>,
): ConfigIssue[] {
  return schema.flatMap((field): ConfigIssue[] => {
    const secret = field.sensitive ? own(secrets, field.name) : undefined;
    if (secret?.configured === true && secret.value === undefined) return [];
    const typed = secret?.value === undefined ? undefined : fromSecret(field, secret.value);
    const value = typed ?? own(values, field.name);
    if (isMissing(field, value)) {
      return [{ field: field.name, code: "required", message: "Required: this has no value yet" }];
    }
    if (value === undefined) return [];
    const unsendable = [...checkEncoding(field.name, secret?.value), ...checkEncoding(field.name, value)];
    if (unsendable.length > 0) return unsendable.slice(0, 1);
    return checkRules(field, value).map((broken) => ({ field: field.name, ...broken }));
  });
}

/** What cannot be sent as it is, wherever in the value it stands. */
function checkEncoding(field: string, value: Json | undefined): ConfigIssue[] {
  const [first] = findUnfaithful(value);
  return first ? [{ field, code: "encoding", message: first.message }] : [];
}

/**
 * What `/initialize` is sent: every explicit value, every secret the schema asks for, and the default of each field
 * that has neither. A default stands in for an absent key only: an explicit null, "" or false is sent as it is.
 * A stored secret that the schema no longer names, or no longer calls sensitive, stays home.
 * @param secrets clear text by field name
 */
export function effectiveConfig(
  schema: readonly ConfigField[],
  values: ConfigValues,
  secrets: Readonly<Record<string, string>>,
): ConfigValues {
  const known = schema.flatMap((field): Array<[string, Json]> => {
    const secret = field.sensitive ? own(secrets, field.name) : undefined;
    const value = secret === undefined ? own(values, field.name) : fromSecret(field, secret);
    const effective = value === undefined ? field.default : value;
    return effective === undefined ? [] : [[field.name, effective]];
  });
  // fromEntries defines own properties: a field called __proto__ stays a field.
  return Object.fromEntries([...Object.entries(values), ...known]);
}

/**
 * The same for people: where each value comes from, in the order it is sent. Nothing that the schema calls sensitive is shown.
 * @param usableSecrets names of the secrets that are set and can be used
 */
export function describeEffective(
  schema: readonly ConfigField[],
  values: ConfigValues,
  usableSecrets: Iterable<string>,
): EffectiveValue[] {
  const secrets = Object.fromEntries([...usableSecrets].map((name) => [name, CONFIGURED]));
  const fields = new Map(schema.map((field) => [field.name, field]));
  return Object.entries(effectiveConfig(schema, values, secrets)).map(([name, value]): EffectiveValue => {
    const field = fields.get(name);
    if (!field) return { name, source: "kept", value };
    if (field.sensitive && (Object.hasOwn(secrets, name) || Object.hasOwn(values, name))) {
      return { name, source: "secret", value: CONFIGURED };
    }
    const source = Object.hasOwn(values, name) ? "explicit" : "default";
    return { name, source, value: field.sensitive ? CONFIGURED : value };
  });
}

/**
 * Values of fields that have become sensitive since they were entered, as the text of a secret. They belong in the secret box and
 * must not be shown until they are there.
 */
export function findUnsealed(schema: readonly ConfigField[], values: ConfigValues): Record<string, string> {
  return Object.fromEntries(
    schema.flatMap(({ name, sensitive }): Array<[string, string]> => {
      const value = sensitive ? own(values, name) : undefined;
      return value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)]];
    }),
  );
}

/** The values with a word in place of those of sensitive fields. */
export function redactSensitive(schema: readonly ConfigField[], values: ConfigValues): ConfigValues {
  const hidden = schema.filter(({ name, sensitive }) => sensitive && Object.hasOwn(values, name));
  const words = hidden.map(({ name }): [string, Json] => [name, CONFIGURED]);
  return Object.fromEntries([...Object.entries(values), ...words]);
}

/** Names of fields that are sensitive in `after` and were not, or did not exist, in `before`. */
export function becameSensitive(before: readonly ConfigField[], after: readonly ConfigField[]): string[] {
  const known = new Set(before.filter(({ sensitive }) => sensitive).map(({ name }) => name));
  return after.filter(({ name, sensitive }) => sensitive && !known.has(name)).map(({ name }) => name);
}

/** The values without those of sensitive fields. */
export function withoutSensitive(schema: readonly ConfigField[], values: ConfigValues): ConfigValues {
  const sensitive = new Set(schema.filter((field) => field.sensitive).map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !sensitive.has(name)));
}

/** Names of required fields without a value, in schema order: enabling is refused until there are none. */
export function missingRequired(
  schema: readonly ConfigField[],
  values: ConfigValues,
  configuredSecrets: Iterable<string>,
): string[] {
  const configured = new Set(configuredSecrets);
  return schema
    .filter((field) => !(field.sensitive && configured.has(field.name)))
    .filter((field) => isMissing(field, own(values, field.name)))
    .map(({ name }) => name);
}

/** What changed between two sets of explicit values, by name; the audit's before → after. An absent side was unset. */
export function diffConfig(before: ConfigValues, after: ConfigValues): AuditChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return fields.flatMap((field): AuditChange[] => {
    const [from, to] = [own(before, field), own(after, field)];
    if (isSameJson(from, to)) return [];
    return [
      { field, ...(from === undefined ? {} : { before: from }), ...(to === undefined ? {} : { after: to }) },
    ];
  });
}

/** Required means present and not empty; a default satisfies it while the key is absent. */
function isMissing(field: ConfigField, value: Json | undefined): boolean {
  if (!field.required) return false;
  const effective = value === undefined ? field.default : value;
  return effective === undefined || effective === null || effective === "";
}

/**
 * Secrets are stored as text; the plugin gets the type it asked for. Text that does not read as one stays text; for a type the
 * guide does not define, JSON objects and lists are sent as such.
 */
function fromSecret(field: ConfigField, text: string): Json {
  if (field.type === "int" || field.type === "float") {
    const trimmed = text.trim();
    return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed) && isExact(trimmed) ? Number(trimmed) : text;
  }
  if (field.type === "bool" && (text === "true" || text === "false")) return text === "true";
  return field.type !== "string" && /^\s*[[{]/.test(text) ? (tryJson(text) ?? text) : text;
}

function tryJson(text: string): Json | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
