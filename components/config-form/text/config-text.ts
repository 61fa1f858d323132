import { dump } from "js-yaml";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { ConfigField, Finding } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";
import { validateConfig } from "@/lib/core/config.ts";
import { isSameJson } from "@/lib/core/json-object.ts";
import { toDraft } from "../fields/field-draft.ts";
import { orphanNames, ownValue, pick, toKey, toValue, type FormValues } from "../form-values.ts";
import { readJson } from "./json-values.ts";
import type { TextLanguage } from "./text-drafts.ts";
import type { TextReading } from "./text-reading.ts";
import { readYaml } from "./yaml-values.ts";

/**
 * Explicit values as text that reads back as exactly them. YAML also names, as comments, what is not set and the secrets: a
 * comment is never a value.
 */
export function printValues(
  language: TextLanguage,
  values: ConfigValues,
  { schema, secrets }: Pick<PluginConfig, "schema" | "secrets">,
): string {
  if (language === "json") return `${JSON.stringify(values, null, 2)}\n`;
  const body = Object.keys(values).length === 0 ? "" : dump(values, { lineWidth: -1, noRefs: true });
  const unset = schema.filter(({ name, sensitive }) => !sensitive && !Object.hasOwn(values, name));
  const comments = [
    ...unset.map(describeUnset),
    ...schema
      .filter(({ sensitive }) => sensitive)
      .map(
        ({ name }) => `${toYaml(name)}: a secret, ${secrets[name]?.configured ? "configured" : "not set"}`,
      ),
  ];
  const comment = comments.map((line) => `# ${line}\n`).join("");
  return body + (body && comment ? "\n" : "") + comment;
}

/** Without the `# ` before it, a line that sets the field. */
function describeUnset({ name, default: fallback, required }: ConfigField): string {
  if (fallback !== undefined) return `${toYaml(name)}: ${escape(JSON.stringify(fallback))}  # default`;
  return `${toYaml(name)}:  # not set${required ? ", required" : ""}`;
}

/** A name as YAML reads it back; quoted unless it is plain. */
function toYaml(name: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(name) ? name : escape(JSON.stringify(name));
}

/** JSON on one line, without anything that a YAML text must not hold as it is. */
function escape(json: string): string {
  return json.replace(/[\p{C}\u2028\u2029]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** Text → values, with what is wrong with each at its place. A secret among the values makes a text unreadable: it is never taken. */
export function readValues(language: TextLanguage, text: string, config: PluginConfig): TextReading {
  const reading = language === "yaml" ? readYaml(text) : readJson(text);
  if (reading.values === null) return reading;
  const { schema } = config;
  const misplaced = schema.filter(
    ({ name, sensitive }) => sensitive && Object.hasOwn(reading.values ?? {}, name),
  );
  const at = (name: string) => reading.places.get(name) ?? {};
  if (misplaced.length > 0) {
    const findings = misplaced.map(({ name }): Finding => ({
      severity: "error",
      code: "secret_in_text",
      path: name,
      ...at(name),
      message: `${name} is a secret: it is not part of this text.`,
      fix: "Remove this line and enter the secret on the Form tab.",
    }));
    return { ...reading, values: null, findings };
  }
  return { ...reading, findings: [...toRuleFindings(config, reading), ...toStrangers(config, reading)] };
}

function toRuleFindings({ schema }: PluginConfig, { values, places }: TextReading): Finding[] {
  const open = schema.filter(({ sensitive }) => !sensitive);
  return validateConfig(open, values ?? {}).map(({ field, code, message }): Finding => {
    return { severity: "error", code, path: field, ...places.get(field), message: `${field}: ${message}` };
  });
}

function toStrangers({ schema }: PluginConfig, { values, keys }: TextReading): Finding[] {
  return orphanNames(schema, values ?? {}).map((name): Finding => ({
    severity: "warning",
    code: "unknown_key",
    path: name,
    ...keys.get(name),
    message: `The plugin's schema has no field ${name}.`,
    fix: "It is kept and sent to the plugin as it is. Remove it if it is a slip.",
  }));
}

/** A form with the values of a text. What stands for the same value already stays as it was typed; secrets stay untouched. */
export function applyValues({ schema }: PluginConfig, current: FormValues, values: ConfigValues): FormValues {
  const open = schema.filter(({ sensitive }) => !sensitive);
  const fields = open.map((field) => {
    const value = ownValue(values, field.name);
    const draft = current.fields[toKey(field.name)] ?? null;
    const isSame = isSameJson(readCurrent(field, current), value);
    return [toKey(field.name), isSame ? draft : toDraft(field, value)] as const;
  });
  return {
    ...current,
    fields: Object.fromEntries(fields),
    extras: pick(values, orphanNames(schema, values)),
  };
}

function readCurrent(field: ConfigField, current: FormValues) {
  try {
    return toValue(field, current);
  } catch {
    return "not readable";
  }
}
