import type { FieldError, Resolver } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import type { SecretInput } from "@/lib/core/config.ts";
import { toKey, toValue, type FormValues } from "./form-values.ts";

/** One message for one field, wherever it was found. */
export interface FieldMessage {
  name: string;
  message: string;
}

/** What is wrong with a form: broken JSON first, then the rules that browser and server share. */
export async function checkForm(config: PluginConfig, values: FormValues): Promise<FieldMessage[]> {
  // The pattern engine is bigger than the rest of the form; it is fetched while people read.
  const { validateConfig } = await import("@/lib/core/config.ts");
  const entries: Array<[string, Json]> = [];
  const broken: FieldMessage[] = [];
  for (const field of config.schema.filter(({ sensitive }) => !sensitive)) {
    const read = readValue(field, values);
    if ("message" in read) broken.push({ name: field.name, message: read.message });
    else if (read.value !== undefined) entries.push([field.name, read.value]);
  }
  const readable = config.schema.filter(({ name }) => !broken.some((one) => one.name === name));
  const issues = validateConfig(readable, Object.fromEntries(entries), toSecretInputs(config, values));
  return [...broken, ...issues.map(({ field, message }) => ({ name: field, message }))];
}

function readValue(
  field: ConfigField,
  values: FormValues,
): { value: Json | undefined } | { message: string } {
  try {
    return { value: toValue(field, values) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { message: `This is not JSON yet: ${error.message}. Text needs double quotes.` };
  }
}

function toSecretInputs(config: PluginConfig, values: FormValues): Record<string, SecretInput> {
  const sensitive = config.schema.filter((field) => field.sensitive);
  return Object.fromEntries(
    sensitive.map(({ name }): [string, SecretInput] => {
      const draft = values.secrets[toKey(name)];
      const configured = (config.secrets[name]?.configured ?? false) && draft?.action !== "clear";
      return [
        name,
        draft?.action === "replace" && draft.text !== "" ? { configured, value: draft.text } : { configured },
      ];
    }),
  );
}

/** Where a field's error belongs in the form. */
export function toPath(field: ConfigField): `fields.${string}` | `secrets.${string}` {
  return field.sensitive ? `secrets.${toKey(field.name)}` : `fields.${toKey(field.name)}`;
}

/** The form library's view of `checkForm`: the first message of each field. */
export function createResolver(config: PluginConfig): Resolver<FormValues> {
  return async (values) => {
    const messages = await checkForm(config, values);
    if (messages.length === 0) return { values, errors: {} };
    const errorsOf = (sensitive: boolean) =>
      Object.fromEntries(
        config.schema
          .filter((field) => field.sensitive === sensitive)
          .flatMap((field): Array<[string, FieldError]> => {
            const found = messages.find(({ name }) => name === field.name);
            return found ? [[toKey(field.name), { type: "rule", message: found.message }]] : [];
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
export function toFieldMessages(schema: ConfigField[], error: ErrorInfo): FieldMessage[] {
  const said =
    error.issues ?? (error.field === undefined ? [] : [{ path: error.field, message: error.message }]);
  return schema.flatMap(({ name }) => {
    const spellings = [name, `values.${name}`, `secrets.${name}`, `secrets.${name}.set`];
    const found = said.find(({ path }) => spellings.includes(path));
    return found ? [{ name, message: found.message }] : [];
  });
}
