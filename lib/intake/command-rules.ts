import type { JsonObject } from "../core/json-object.ts";
import type { Findings } from "./findings.ts";

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
  const extras = listExtras(manifest);
  const message = `This version of the console does not start plugins: command${extras && ` (with ${extras})`} is kept and not run.`;
  const fix = "Start the plugin yourself before you enable it.";
  findings.warning("process_not_started", "command", message, fix);
}

function checkOrphans(manifest: JsonObject, findings: Findings): void {
  for (const name of ["args", "env"]) {
    if (manifest[name] === undefined) continue;
    const message = `${name} belongs to a command, and there is none: it has no effect.`;
    findings.warning("command_missing", name, message, `Add command, or remove ${name}.`);
  }
}

function listExtras({ args, env }: JsonObject): string {
  return [args === undefined ? "" : "args", env === undefined ? "" : "env"].filter(Boolean).join(" and ");
}
