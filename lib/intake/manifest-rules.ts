import { isAppError } from "../contract/error.ts";
import { INTERVAL_SECONDS, PluginType } from "../contract/manifest.ts";
import { classifyAddress, parseEndpoint } from "../core/address.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import type { Findings } from "./findings.ts";
import { checkMetadata, requireText } from "./metadata.ts";

/** Checks a manifest whose shape is right: what is missing, out of range, or will not work in this version. */
export function checkManifest(manifest: JsonObject, findings: Findings): void {
  requireText(manifest, "type", "", findings);
  const type = checkType(manifest["type"], findings);
  checkEndpoint(manifest, type, findings);
  const metadata = manifest["metadata"];
  if (isJsonObject(metadata)) checkMetadata(metadata, "metadata", findings);
  else if (!findings.hasErrorAt("metadata")) {
    const message = "metadata is missing: nothing says what this plugin is.";
    findings.error(
      "missing_field",
      "metadata",
      message,
      "Add metadata with name, provider_type and version.",
    );
  }
  checkInterval(manifest["health_check_interval"], findings);
  checkCommand(manifest, findings);
}

function checkType(type: unknown, findings: Findings): PluginType | null {
  if (typeof type !== "string" || type.trim() === "") return null;
  const known = PluginType.safeParse(type);
  if (!known.success) {
    const message = `${type.slice(0, 40)} is no plugin type.`;
    findings.error(
      "unsupported_type",
      "type",
      message,
      "Use http, grpc, or builtin for a plugin that ships with the console.",
    );
    return null;
  }
  return known.data;
}

function checkEndpoint(manifest: JsonObject, type: PluginType | null, findings: Findings): void {
  const endpoint = manifest["endpoint"];
  if (type === "builtin") {
    if (endpoint === undefined) return;
    findings.warning(
      "endpoint_ignored",
      "endpoint",
      "A built-in plugin has no endpoint; this one is ignored.",
      "Remove it.",
    );
    Reflect.deleteProperty(manifest, "endpoint");
    return;
  }
  if (type !== null) requireText(manifest, "endpoint", "", findings);
  if (typeof endpoint !== "string" || endpoint.trim() === "" || type === null) return;
  const problem = endpointProblem(endpoint, type);
  if (problem) findings.error("invalid_url", "endpoint", problem.message, problem.fix);
  else if (isOpenToTheWorld(endpoint)) {
    const message =
      "This address is public and not encrypted: configuration and chats could be read on the way.";
    const fix = type === "grpc" ? "Use grpcs." : "Use https.";
    findings.warning("unencrypted_endpoint", "endpoint", message, fix);
  }
}

interface Problem {
  message: string;
  fix: string;
}

function endpointProblem(endpoint: string, type: "http" | "grpc"): Problem | null {
  try {
    const { url } = parseEndpoint(endpoint);
    if (/^grpc/.test(url) === (type === "grpc")) return null;
    if (type === "grpc") {
      return {
        message: "A grpc plugin has a grpc or grpcs address.",
        fix: "Write grpc:// (or grpcs:// with TLS), or type: http.",
      };
    }
    return {
      message: "An http plugin has an http or https address.",
      fix: "Write http:// or https://, or type: grpc.",
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { message: `${error.message}.`, fix: error.extras.hint ?? "For example http://localhost:8090." };
  }
}

/** Names without a dot and the usual local endings are taken for local: nothing is resolved here. */
function isOpenToTheWorld(endpoint: string): boolean {
  const { host, secure } = parseEndpoint(endpoint);
  if (secure) return false;
  if (/^[\d.]+$/.test(host) || host.includes(":")) return classifyAddress(host) === "allowed";
  return host.includes(".") && !/\.(?:localhost|local|internal|lan|home\.arpa)$/.test(host);
}

function checkInterval(interval: unknown, findings: Findings): void {
  const { min, max } = INTERVAL_SECONDS;
  if (typeof interval !== "number" || (interval >= min && interval <= max)) return;
  const message = `health_check_interval is ${interval}; it must be between ${min} and ${max} seconds.`;
  findings.error(
    "interval_out_of_range",
    "health_check_interval",
    message,
    `Use ${INTERVAL_SECONDS.default}, for example.`,
  );
}

/** What only a shell would understand. */
const SHELL_TEXT = /[;&|`$<>\n\r]/;

function checkCommand({ command, args, env }: JsonObject, findings: Findings): void {
  if (typeof command !== "string") return;
  if (SHELL_TEXT.test(command)) {
    const message = "command names one program; there is no shell that would understand this.";
    findings.error(
      "shell_command",
      "command",
      message,
      "Give the program in command and each argument in args.",
    );
  } else if (/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(command)) {
    const message = "command leads outside the folder of the manifest.";
    findings.error(
      "command_outside_folder",
      "command",
      message,
      "Use a program on the search path or inside the folder.",
    );
  }
  const extras = [args === undefined ? "" : "args", env === undefined ? "" : "env"]
    .filter(Boolean)
    .join(" and ");
  const message = `This version of the console does not start plugins: command${extras && ` (with ${extras})`} is kept and not run.`;
  findings.warning(
    "process_not_started",
    "command",
    message,
    "Start the plugin yourself before you enable it.",
  );
}
