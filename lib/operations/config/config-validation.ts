import type { AddressField, PluginConfigWrite, SecretState, SecretWrite } from "../../contract/config.ts";
import { AppError, isAppError, type FieldIssue } from "../../contract/error.ts";
import type { ConfigField } from "../../contract/manifest.ts";
import { classifyAddress, formatPlace, parseEndpoint } from "../../core/address.ts";
import { validateConfig, type SecretInput } from "../../core/config.ts";
import type { Repositories } from "../../data/data.ts";

type Draft = Pick<PluginConfigWrite, "values" | "secrets">;
type Configs = Pick<Repositories, "configs">;

/** What a write is checked against. */
export interface WriteRules {
  schema: ConfigField[];
  /** The field whose value is an address; null when there is none. */
  address: AddressField | null;
  stored: Record<string, SecretState>;
}

/**
 * Everything wrong with a write, under paths like `values.timeout` and `secrets.api_key`: its places, its references, the schema's rules,
 * its address.
 */
export async function validateWrite(
  repositories: Configs,
  { schema, address, stored }: WriteRules,
  write: Draft,
): Promise<FieldIssue[]> {
  const broken = [
    ...checkPlaces(schema, write, stored),
    ...(await checkReferences(repositories, write.secrets)),
    ...checkRules(schema, write, stored),
  ];
  // Of an address that breaks a rule already, one sentence is enough.
  const isReported = broken.some(({ path }) => path === `values.${address?.name}`);
  return address === null || isReported ? broken : [...broken, ...checkAddress(address, write.values)];
}

/** Where nothing can be sent, no secret can belong. */
function checkAddress({ name }: AddressField, values: Draft["values"]): FieldIssue[] {
  const value = values[name];
  if (typeof value !== "string" || value.trim() === "") return [];
  try {
    const { host, port } = parseEndpoint(value);
    const isForbidden = isLiteral(host) && classifyAddress(host) === "forbidden";
    const message = `The console never connects to ${formatPlace(host, port)}: machine-metadata and link-local addresses are refused.`;
    return isForbidden ? [{ path: `values.${name}`, message }] : [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { message, extras } = error;
    return [{ path: `values.${name}`, message: [message, extras.hint].filter(Boolean).join(". ") }];
  }
}

const isLiteral = (host: string) => /^[\d.]+$/.test(host) || host.includes(":");

/** The schema's rules alone: what the form in the browser checks as well. */
function checkRules(schema: ConfigField[], write: Draft, stored: Record<string, SecretState>): FieldIssue[] {
  const secrets = secretsAfter(stored, write);
  return validateConfig(schema, write.values, secrets).map(({ field, message }) => ({
    path: `${isSensitive(schema, field) ? "secrets" : "values"}.${field}`,
    message,
  }));
}

/** Throws `validation_failed` with all of them. */
export function requireValid(issues: FieldIssue[]): void {
  const [first] = issues;
  if (first) throw new AppError("validation_failed", first.message, { field: first.path, issues });
}

/** What was saved all the same and deserves a second thought. No message repeats a secret. */
export async function listWarnings(
  { configs }: Configs,
  schema: ConfigField[],
  secrets: Readonly<Record<string, SecretWrite>>,
): Promise<FieldIssue[]> {
  const warnings = await Promise.all(
    Object.entries(secrets).map(async ([name, write]): Promise<FieldIssue[]> => {
      const path = `secrets.${name}`;
      if ("clear" in write) return [];
      if ("set" in write) return warnOfSpace(path, write.set);
      const resolution = await configs.resolveReference(write.reference);
      if ("problem" in resolution) return [{ path, message: resolution.problem }];
      const broken = validateConfig(
        schema.filter((field) => field.name === name),
        {},
        {
          [name]: { configured: true, value: resolution.value },
        },
      );
      return [
        ...warnOfSpace(path, resolution.value),
        ...broken.map(({ message }) => ({ path, message: `What ${write.reference} holds: ${message}` })),
      ];
    }),
  );
  return warnings.flat();
}

function warnOfSpace(path: string, text: string): FieldIssue[] {
  if (text === text.trim()) return [];
  const where = text.trimStart() === text ? "ends" : text.trimEnd() === text ? "begins" : "begins and ends";
  const message = `It ${where} with a space or a line break, and was saved so. If that came with copying, enter it again without.`;
  return [{ path, message }];
}

function isSensitive(schema: ConfigField[], name: string): boolean {
  return schema.some((field) => field.sensitive && field.name === name);
}

/** Secrets belong under `secrets`, and only secrets do: a secret among the values would be stored and shown in clear. */
function checkPlaces(
  schema: ConfigField[],
  { values, secrets }: Draft,
  stored: Record<string, SecretState>,
): FieldIssue[] {
  const misplaced = Object.keys(values)
    .filter((name) => isSensitive(schema, name))
    .map((name) => ({
      path: `values.${name}`,
      message: `${name} is a secret: send it as secrets.${name}, {"set": "…"}. It was not stored.`,
    }));
  const wrong = Object.entries(secrets).flatMap(([name, write]): FieldIssue[] => {
    const path = `secrets.${name}`;
    if ("clear" in write) {
      const isKnown = isSensitive(schema, name) || Object.hasOwn(stored, name);
      return isKnown ? [] : [{ path, message: `There is no secret "${name}" to clear.` }];
    }
    if (!isSensitive(schema, name)) {
      return [{ path, message: `The plugin has no secret field "${name}": send it as values.${name}.` }];
    }
    return "set" in write && isMask(write.set)
      ? [{ path, message: "This looks like a mask, not a secret. Leave it out to keep it." }]
      : [];
  });
  return [...misplaced, ...wrong];
}

/** Dots and stars, and the words our own answers put in the place of a secret. */
function isMask(text: string): boolean {
  return /^\s*([*•●·]+|\(configured\)|\[redacted\])\s*$/u.test(text);
}

async function checkReferences(
  { configs }: Configs,
  secrets: Readonly<Record<string, SecretWrite>>,
): Promise<FieldIssue[]> {
  const issues = await Promise.all(
    Object.entries(secrets).map(async ([name, write]): Promise<FieldIssue[]> => {
      const refused = "reference" in write ? await configs.refuseReference(write.reference) : null;
      return refused === null ? [] : [{ path: `secrets.${name}`, message: refused }];
    }),
  );
  return issues.flat();
}

/** Which secrets will be set once the write is stored, and the text of those it brings. A reference is set, its text unknown. */
function secretsAfter(
  before: Record<string, SecretState>,
  { secrets }: Pick<Draft, "secrets">,
): Record<string, SecretInput> {
  const written = Object.entries(secrets).map(([name, write]): [string, SecretInput] => [
    name,
    "set" in write ? { configured: true, value: write.set } : { configured: "reference" in write },
  ]);
  return { ...before, ...Object.fromEntries(written) };
}
