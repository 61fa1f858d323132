import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import type { Findings } from "./findings.ts";
import { joinPath } from "./tree.ts";

/** As shells, Compose files, templates and Windows write a variable. */
const VARIABLE =
  /\$\{[^}]{1,100}\}|\$[A-Z_][A-Z0-9_]{1,100}|\{\{[^}]{1,100}\}\}|%(?![0-9A-Fa-f]{2})[A-Z_][A-Z0-9_]{1,100}%/;

/** Tells that nothing is filled in where a manifest names a variable: its address, its arguments, its environment. */
export function checkVariables(manifest: JsonObject, findings: Findings): void {
  const { endpoint, args, env } = manifest;
  report(endpoint, "endpoint", "Write the address itself.", findings);
  const fix =
    "Write the value itself. A secret belongs into a sensitive field of config_schema, whose value may refer to a variable of the console (env:NAME).";
  if (Array.isArray(args)) args.forEach((arg, index) => report(arg, joinPath("args", index), fix, findings));
  if (isJsonObject(env))
    for (const [name, value] of Object.entries(env)) report(value, joinPath("env", name), fix, findings);
}

function report(value: unknown, path: string, fix: string, findings: Findings): void {
  const variable = typeof value === "string" ? VARIABLE.exec(value)?.[0] : undefined;
  if (variable === undefined) return;
  const message = `Variables are not filled in here: ${variable} stays as it is.`;
  if (path === "endpoint") findings.error("variable_not_filled", path, message, fix);
  else findings.warning("variable_not_filled", path, message, fix);
}
