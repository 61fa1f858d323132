import { ConfigField, KNOWN_FIELD_TYPES, type FieldValidation, type Json } from "../contract/manifest.ts";
import { checkRules } from "../core/config-rules.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import type { Findings } from "./findings.ts";
import { checkPattern, createPatternBudget, type PatternBudget } from "./pattern-rules.ts";
import { joinPath } from "./tree.ts";

/** Longest name of a configuration field. */
const MAX_FIELD_NAME = 100;
/** More fields would be no form. */
const MAX_FIELDS = 500;

/** Checks a `config_schema` against itself: names, types, ranges, patterns, defaults. `path` is where it stands. */
export function checkConfigSchema(schema: readonly Json[], path: string, findings: Findings): void {
  if (schema.length > MAX_FIELDS) {
    const message = `A plugin has at most ${MAX_FIELDS} configuration fields; this one has ${schema.length}.`;
    findings.error("too_many_fields", path, message, "Put related settings into one field.");
    return;
  }
  const seen = new Set<string>();
  const budget = createPatternBudget();
  for (const [index, field] of schema.entries()) {
    const at = joinPath(path, index);
    if (!isJsonObject(field)) {
      // An item that is no object was reported when it was read; an empty one was not.
      if (field === null)
        findings.error("missing_field", at, "This field is empty.", "Give it a name and a type.");
      continue;
    }
    checkName(field, at, seen, findings);
    checkType(field, at, findings);
    const parsed = ConfigField.safeParse(field);
    if (parsed.success) checkField(parsed.data, at, budget, findings);
    else if (isJsonObject(field["validation"]))
      checkLengths(field["validation"], `${at}.validation`, findings);
  }
}

function checkName(field: JsonObject, at: string, seen: Set<string>, findings: Findings): void {
  const name = field["name"];
  if (typeof name !== "string" || name === "") {
    findings.error(
      "missing_field",
      joinPath(at, "name"),
      "This configuration field has no name.",
      "Give it a name.",
    );
    return;
  }
  if (name.length > MAX_FIELD_NAME || /\p{C}/u.test(name) || name === "__proto__") {
    const message = `A field name has at most ${MAX_FIELD_NAME} printable characters and is not __proto__.`;
    findings.error("malformed_field_name", joinPath(at, "name"), message, "Choose another name.");
  }
  if (seen.has(name)) {
    const message = `The configuration field ${name.slice(0, MAX_FIELD_NAME)} is declared twice.`;
    findings.error("duplicate_field", joinPath(at, "name"), message, "Rename or remove one of them.");
  }
  seen.add(name);
}

function checkType(field: JsonObject, at: string, findings: Findings): void {
  const type = field["type"];
  const path = joinPath(at, "type");
  if (typeof type !== "string" || type === "") {
    if (!("type" in field) || type === "") {
      const message = "This configuration field has no type.";
      findings.error("missing_field", path, message, `Use one of ${KNOWN_FIELD_TYPES.join(", ")}.`);
    }
    return;
  }
  if (KNOWN_FIELD_TYPES.some((known) => known === type)) return;
  const message = `${type.slice(0, 40)} is not one of ${KNOWN_FIELD_TYPES.join(", ")}; its values are passed on as JSON.`;
  const fix = `Use one of ${KNOWN_FIELD_TYPES.join(", ")} where it fits, so that values can be checked.`;
  findings.warning("unknown_type", path, message, fix);
}

function checkField(field: ConfigField, at: string, budget: PatternBudget, findings: Findings): void {
  const rules = field.validation;
  if (rules === undefined) return checkDefault(field, at, findings);
  checkLengths(rules, `${at}.validation`, findings);
  checkRange(rules, `${at}.validation`, findings);
  checkApplicable(field, rules, `${at}.validation`, findings);
  checkEnum(field, rules, `${at}.validation.enum`, findings);
  const canTry = checkPattern(field, `${at}.validation.pattern`, budget, findings);
  checkDefault(canTry ? field : { ...field, validation: { ...rules, pattern: undefined } }, at, findings);
}

function checkLengths(rules: JsonObject | FieldValidation, at: string, findings: Findings): void {
  for (const key of ["min_length", "max_length"] as const) {
    const length = rules[key];
    if (typeof length !== "number" || length >= 0) continue;
    findings.error("impossible_range", joinPath(at, key), "A length cannot be negative.", "Write 0 or more.");
  }
  const { min_length: min, max_length: max } = rules;
  if (typeof min === "number" && typeof max === "number" && min > max) {
    const message = `min_length ${min} is greater than max_length ${max}: no value fits.`;
    findings.error(
      "impossible_range",
      joinPath(at, "min_length"),
      message,
      "Exchange the two, or correct one.",
    );
  }
}

function checkRange({ min, max }: FieldValidation, at: string, findings: Findings): void {
  if (min !== undefined && max !== undefined && min > max) {
    const message = `min ${min} is greater than max ${max}: no value fits.`;
    findings.error("impossible_range", joinPath(at, "min"), message, "Exchange the two, or correct one.");
  }
}

const RULES_OF: Readonly<Record<string, ReadonlyArray<keyof FieldValidation>>> = {
  string: ["min_length", "max_length", "pattern", "enum"],
  int: ["min", "max", "enum"],
  float: ["min", "max", "enum"],
  bool: ["enum"],
};

function checkApplicable(field: ConfigField, rules: FieldValidation, at: string, findings: Findings): void {
  const applicable = Object.hasOwn(RULES_OF, field.type) ? RULES_OF[field.type] : undefined;
  if (applicable === undefined) return;
  for (const rule of ["min_length", "max_length", "pattern", "min", "max"] as const) {
    if (rules[rule] === undefined || applicable.includes(rule)) continue;
    findings.warning(
      "rule_ignored",
      joinPath(at, rule),
      `${rule} has no effect on a field of type ${field.type}.`,
      "Remove it, or correct the type.",
    );
  }
}

function checkEnum(field: ConfigField, rules: FieldValidation, at: string, findings: Findings): void {
  if (rules.enum === undefined) return;
  if (rules.enum.length === 0) {
    findings.error(
      "impossible_range",
      at,
      "An empty enum allows no value at all.",
      "List the values, or remove enum.",
    );
  }
  for (const [index, value] of rules.enum.entries()) {
    const [broken] = checkRules({ ...field, validation: undefined }, value);
    if (broken)
      findings.error(
        "enum_type",
        joinPath(at, index),
        `A field of type ${field.type} cannot have this value: ${lowerFirst(broken.message)}.`,
        `List values of type ${field.type}, or correct the type.`,
      );
  }
}

function checkDefault(field: ConfigField, at: string, findings: Findings): void {
  if (field.default === undefined || field.default === null) return;
  const path = joinPath(at, "default");
  for (const { message } of checkRules(field, field.default)) {
    findings.error(
      "invalid_default",
      path,
      `This default is against the field's own rules: ${lowerFirst(message)}.`,
      "Correct the default or the rule.",
    );
  }
  if (field.sensitive) {
    findings.warning(
      "sensitive_default",
      path,
      "A secret with a default is no secret.",
      "Remove the default.",
    );
  }
  if (field.required) {
    const message =
      "The console lets the default satisfy this required field; Loom's own validator does not.";
    findings.warning("required_with_default", path, message, "Remove required or the default.", {
      refusedByLoom: true,
    });
  }
}

/** A rule as it goes on after a colon. */
function lowerFirst(rule: string): string {
  return rule.charAt(0).toLowerCase() + rule.slice(1);
}
