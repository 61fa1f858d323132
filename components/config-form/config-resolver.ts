import type { FieldError, Resolver } from "react-hook-form";
import { SecretReference, type PluginConfig } from "@/lib/contract/config.ts";
import type { ErrorInfo, FieldIssue } from "@/lib/contract/error.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import type { SecretInput } from "@/lib/core/config.ts";
import { findLeftBehind } from "./draft-origin.ts";
import { KEPT, toKey, toValue, type FormValues, type SecretDraft } from "./form-values.ts";

/** One message for one field, wherever it was found. */
export interface FieldMessage {
  name: string;
  message: string;
}

/**
 * What is wrong with a form: broken JSON first, then the rules that browser and server share, then secrets that belong elsewhere.
 * @param only the fields to look at; all of them when absent
 */
export async function checkForm(
  config: PluginConfig,
  values: FormValues,
  only: readonly ConfigField[] = config.schema,
): Promise<FieldMessage[]> {
  // The pattern engine is bigger than the rest of the form; it is fetched while people read.
  const { validateConfig } = await import("@/lib/core/config.ts");
  const entries: Array<[string, Json]> = [];
  const broken: FieldMessage[] = [];
  for (const field of only) {
    const read = field.sensitive ? readSecret(field, values) : readValue(field, values);
    if ("message" in read) broken.push({ name: field.name, message: read.message });
    else if (read.value !== undefined) entries.push([field.name, read.value]);
  }
  const readable = only.filter(({ name }) => !broken.some((one) => one.name === name));
  const issues = validateConfig(readable, Object.fromEntries(entries), toSecretInputs(config, values));
  return [
    ...broken,
    ...issues.map(({ field, message }) => ({ name: field, message })),
    ...toBoundMessages(config, values).filter(({ name }) => only.some((field) => field.name === name)),
  ];
}

/** A secret goes nowhere but where it was entered for: the server refuses the save otherwise. */
function toBoundMessages(config: PluginConfig, values: FormValues): FieldMessage[] {
  const left = findLeftBehind(config, values);
  if (left === null) return [];
  const message = `It belongs to ${left.from}: enter it again for ${left.to}, or clear it`;
  return left.names.map((name) => ({ name, message }));
}

type Read = { value: Json | undefined } | { message: string };

function readValue(field: ConfigField, values: FormValues): Read {
  try {
    return { value: toValue(field, values) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { message: toJsonMessage(error.message) };
  }
}

/** The reader's own sentence about a number is whole; the engine's reason is a fragment. */
function toJsonMessage(reason: string): string {
  if (reason.startsWith("The number ")) return reason;
  return `This is not JSON yet: ${reason.replace(/\.$/, "")}. Text needs double quotes.`;
}

/** A secret has no value here; a reference must at least be spelled like one. */
function readSecret(field: ConfigField, values: FormValues): Read {
  const { action, text } = values.secrets[toKey(field.name)] ?? KEPT;
  if (action !== "reference" || text === "") return { value: undefined };
  const checked = SecretReference.safeParse(text.trim());
  if (checked.success) return { value: undefined };
  return { message: 'Write "env:NAME" for a variable or "file:/absolute/path" for a file' };
}

function toSecretInputs(config: PluginConfig, values: FormValues): Record<string, SecretInput> {
  const sensitive = config.schema.filter((field) => field.sensitive);
  return Object.fromEntries(
    sensitive.map(({ name }): [string, SecretInput] => [
      name,
      toSecretInput(values.secrets[toKey(name)] ?? KEPT, config.secrets[name]?.configured ?? false),
    ]),
  );
}

function toSecretInput({ action, text }: SecretDraft, isStored: boolean): SecretInput {
  if (action === "clear") return { configured: false };
  if (text === "" || action === "keep") return { configured: isStored };
  return action === "reference" ? { configured: true } : { configured: isStored, value: text };
}

/** Where a field's error belongs in the form. */
export function toPath(field: ConfigField): `fields.${string}` | `secrets.${string}` {
  return field.sensitive ? `secrets.${toKey(field.name)}` : `fields.${toKey(field.name)}`;
}

/** The form library's view of `checkForm`: the first message of each field. While one field is edited only that one is checked. */
export function createResolver(config: PluginConfig): Resolver<FormValues> {
  const fieldAt = new Map<string, ConfigField>(config.schema.map((field) => [toPath(field), field]));
  return async (values, _context, { names }) => {
    const [path, ...others] = names ?? [];
    const single = path !== undefined && others.length === 0 ? fieldAt.get(path) : undefined;
    const messages = await checkForm(config, values, single ? [single] : config.schema);
    if (messages.length === 0) return { values, errors: {} };
    const messageOf = new Map(messages.toReversed().map(({ name, message }) => [name, message]));
    const errorsOf = (sensitive: boolean) =>
      Object.fromEntries(
        config.schema
          .filter((field) => field.sensitive === sensitive)
          .flatMap((field): Array<[string, FieldError]> => {
            const message = messageOf.get(field.name);
            return message === undefined ? [] : [[toKey(field.name), { type: "rule", message }]];
          }),
      );
    // The library reads an error record as "these fields are wrong": empty ones would be a form that never saves.
    const [fields, secrets] = [errorsOf(false), errorsOf(true)];
    return {
      values: {},
      errors: {
        ...(Object.keys(fields).length > 0 ? { fields } : {}),
        ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
      },
    };
  };
}

/** What the server said about single fields, by name of the field; the rest of its message belongs above the form. */
export function toFieldMessages(schema: readonly ConfigField[], error: ErrorInfo): FieldMessage[] {
  return placeIssues(
    schema,
    error.issues ?? (error.field === undefined ? [] : [{ path: error.field, message: error.message }]),
  );
}

/** Issues of an answer by the field they are about, in the order of the schema; the first of each field. */
export function placeIssues(schema: readonly ConfigField[], issues: readonly FieldIssue[]): FieldMessage[] {
  return schema.flatMap(({ name }) => {
    const spellings = [name, `values.${name}`, `secrets.${name}`, `secrets.${name}.set`];
    const found = issues.find(({ path }) => spellings.includes(path));
    return found ? [{ name, message: found.message }] : [];
  });
}
