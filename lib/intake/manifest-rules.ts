import { isAppError } from "../contract/error.ts";
import { INTERVAL_SECONDS, PluginType } from "../contract/manifest.ts";
import { classifyAddress, formatPlace, parseEndpoint, type Endpoint } from "../core/address.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import type { Findings } from "./findings.ts";
import { checkCommand } from "./command-rules.ts";
import { checkVariables } from "./variable-rules.ts";
import { checkMetadata, requireText } from "./metadata.ts";

/** Checks a manifest whose shape is right: what is missing, out of range, or will not work in this version. */
export function checkManifest(manifest: JsonObject, findings: Findings): void {
  requireText(manifest, "type", "", findings);
  checkVariables(manifest, findings);
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
    const message = `${type.slice(0, 40)} is no type of plugin that the console knows.`;
    findings.error(
      "unsupported_type",
      "type",
      message,
      "Use http or grpc for a plugin of your own, builtin for one that ships with the console.",
    );
    return null;
  }
  if (known.data !== "http") warnOfType(known.data, findings);
  return known.data;
}

/** Loom's loader knows the names of the other types and refuses both. */
function warnOfType(type: "grpc" | "builtin", findings: Findings): void {
  const message =
    type === "grpc"
      ? "This console speaks gRPC; Loom itself does not run plugins of this type yet."
      : "Built-in plugins are part of this console; Loom itself refuses this type.";
  const fix = "Keep this manifest for consoles like this one; for Loom, use type: http.";
  findings.warning(`${type}_only_here`, "type", message, fix, { refusedByLoom: true });
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
  if (findings.hasErrorAt("endpoint")) return;
  const problem = endpointProblem(endpoint, type);
  if (problem) findings.error("invalid_url", "endpoint", problem.message, problem.fix);
  else checkPlace(parseEndpoint(endpoint), type, findings);
}

function checkPlace({ host, port, secure }: Endpoint, type: "http" | "grpc", findings: Findings): void {
  if (isLocal(host)) {
    const message = `${formatPlace(host, port)} is on this machine or in a private network: an admin will be asked to allow it, once.`;
    findings.warning(LOCAL_ENDPOINT, "endpoint", message, "Allow it when you register the plugin.");
  } else if (!secure && isOpenToTheWorld(host)) {
    const message =
      "This address is public and not encrypted: configuration and chats could be read on the way.";
    const fix = type === "grpc" ? "Use grpcs." : "Use https.";
    findings.warning("unencrypted_endpoint", "endpoint", message, fix);
  }
}

/** Code of the warning that an address needs an admin's consent; of no interest once there is one. */
export const LOCAL_ENDPOINT = "local_endpoint";

const isLiteral = (host: string) => /^[\d.]+$/.test(host) || host.includes(":");

/** Known to need consent by its name alone: nothing is resolved here. */
function isLocal(host: string): boolean {
  if (isLiteral(host)) return classifyAddress(host) === "approval";
  return /(?:^|\.)localhost\.?$/.test(host);
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

/** Names without a dot and the usual local endings are taken for local. */
function isOpenToTheWorld(host: string): boolean {
  if (isLiteral(host)) return classifyAddress(host) === "allowed";
  return host.includes(".") && !/\.(?:localhost|local|internal|lan|home\.arpa)\.?$/.test(host);
}

/** Seconds. Below, a plugin is asked more often than most can have news. */
const SHORT_INTERVAL = 10;

function checkInterval(interval: unknown, findings: Findings): void {
  const { min, max } = INTERVAL_SECONDS;
  if (typeof interval !== "number") return;
  if (interval >= min && interval <= max) {
    if (interval >= SHORT_INTERVAL) return;
    const often = `A check every ${interval} seconds keeps the plugin busy and rarely tells more than one a minute.`;
    findings.warning("short_interval", "health_check_interval", often, "Use 10 or more; 60 is usual.");
    return;
  }
  const message = `health_check_interval is ${interval}; it must be between ${min} and ${max} seconds.`;
  findings.error(
    "interval_out_of_range",
    "health_check_interval",
    message,
    `Use ${INTERVAL_SECONDS.default}, for example.`,
  );
}
