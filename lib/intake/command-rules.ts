import { forbiddenVariables } from "../core/command.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import type { Findings } from "./findings.ts";
import { joinPath } from "./tree.ts";

/** What only a shell would understand: operators, variables, substitutions, quotes, wildcards, `~`. */
const SHELL_TEXT = /[;&|`$<>\n\r"'*?]|^~/;
/** Absolute on some system, or climbing. */
const OUTSIDE = /^(?:[\\/]|[A-Za-z]:)|(?:^|[\\/])\.\.(?:[\\/]|$)/;
/** A program on the search path followed by arguments; a path may well contain spaces. */
const COMMAND_LINE = /^[^\s\\/]+\s+\S/;

/** Checks `command`, `args` and `env` of a manifest whose shape is right. Nothing is started or looked up. */
export function checkCommand(manifest: JsonObject, findings: Findings): void {
  const { command } = manifest;
  if (typeof command !== "string") return checkOrphans(manifest, findings);
  if (command.trim() === "") {
    findings.error("missing_field", "command", "command is empty.", "Name a program, or remove command.");
  } else if (SHELL_TEXT.test(command)) {
    const message = "command names one program; there is no shell that would understand this.";
    const fix = "Give the program in command and each argument in args.";
    findings.error("shell_command", "command", message, fix);
  } else if (COMMAND_LINE.test(command)) {
    const [program = "", ...args] = command.slice(0, 200).trim().split(/\s+/);
    const message = "command names one program; this looks like a whole command line.";
    const fix = `Write command: ${program} and args: [${args.join(", ")}].`;
    findings.error("shell_command", "command", message, fix);
  } else if (OUTSIDE.test(command)) {
    const message = "command leads outside the folder of the manifest.";
    const fix = "Use a program on the search path by its name, or one inside the folder like ./plugin.";
    findings.error("command_outside_folder", "command", message, fix);
  }
  checkEnvironment(manifest["env"], findings);
  const message =
    "The command is run only where the operator allows it, and once an admin has approved it as it is.";
  const fix = "Until then, start the plugin yourself before you enable it.";
  findings.warning("process_needs_approval", "command", message, fix);
}

function checkEnvironment(env: unknown, findings: Findings): void {
  if (!isJsonObject(env)) return;
  for (const [name, value] of Object.entries(env)) {
    if (!`${name}${typeof value === "string" ? value : ""}`.includes("\0")) continue;
    const message = "A variable of the environment ends at a NUL character, and this one holds one.";
    findings.error("malformed_variable", joinPath("env", name), message, "Remove the NUL character.");
  }
  for (const name of forbiddenVariables(Object.keys(env))) {
    const message = `env must not set ${name.slice(0, 100) || "an empty name"}: it would make the program run something else.`;
    findings.error("forbidden_variable", joinPath("env", name), message, "Remove it.");
  }
}

function checkOrphans(manifest: JsonObject, findings: Findings): void {
  for (const name of ["args", "env"]) {
    if (manifest[name] === undefined) continue;
    const message = `${name} belongs to a command, and there is none: it has no effect.`;
    findings.warning("command_missing", name, message, `Add command, or remove ${name}.`);
  }
}
