import { INTERVAL_SECONDS, Manifest, PluginType, type Finding } from "../contract/manifest.ts";
import { isAppError } from "../contract/error.ts";
import { classifyAddress, parseEndpoint } from "../core/address.ts";
import { isJsonObject, matchKeys, type JsonObject } from "../core/json-object.ts";
import { createFindings, type Findings } from "./findings.ts";
import { MANIFEST_SHAPE } from "./manifest-shape.ts";
import { checkMetadata, requireText } from "./metadata.ts";
import { applyShape } from "./shape.ts";
import type { Entry, MapNode } from "./tree.ts";
import { parseTree } from "./yaml-tree.ts";

/**
 * Manifest text (YAML or JSON) → manifest and everything noticed on the way, in the order of the text. `manifest` is null
 * when one of the findings is an error. Never throws for any text.
 */
export function readManifest(text: string): { manifest: Manifest | null; findings: Finding[] } {
  const findings = createFindings();
  const manifest = read(text, findings);
  return { manifest: findings.hasErrors() ? null : manifest, findings: findings.list() };
}

function read(text: string, findings: Findings): Manifest | null {
  const tree = parseTree(text, findings);
  if (tree === null) return null;
  if (tree.kind !== "map") {
    const what = tree.kind === "list" ? "a list" : "a single value";
    const message = `A manifest is an object with type, endpoint and metadata; this is ${what}.`;
    findings.error("not_an_object", "", message, "Start with type: http.");
    return null;
  }
  moveIntoMetadata(tree, findings);
  const value = applyShape(tree, MANIFEST_SHAPE, "", findings);
  if (!isJsonObject(value)) return null;
  checkManifest(value, findings);
  const parsed = Manifest.safeParse(value);
  return parsed.success ? parsed.data : reportRest(parsed.error.issues, findings);
}

/** Belongs inside `metadata`; the guide's own text shows it outside in some copies. */
const MISPLACED = ["capabilities", "config_schema"];

function moveIntoMetadata(tree: MapNode, findings: Findings): void {
  const metadata = findEntry(tree, "metadata")?.value;
  if (metadata?.kind !== "map") return;
  for (const name of MISPLACED) {
    const entry = findEntry(tree, name);
    if (!entry) continue;
    findings.locate(name, entry.at);
    if (findEntry(metadata, name)) {
      const message = `${name} is given twice, here and inside metadata; the one inside counts.`;
      findings.warning("misplaced_field", name, message, "Remove this one.");
    } else {
      findings.warning(
        "misplaced_field",
        name,
        `${name} belongs inside metadata; it is read as if it stood there.`,
        "Indent it below metadata.",
      );
      metadata.entries.push(entry);
    }
    tree.entries = tree.entries.filter((other) => other !== entry);
  }
}

function findEntry(tree: MapNode, name: string): Entry | undefined {
  const [key] = matchKeys(
    tree.entries.map((entry) => entry.key),
    [name],
  ).keys();
  return tree.entries.find((entry) => entry.key === key);
}

function checkManifest(manifest: JsonObject, findings: Findings): void {
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
      "Use http, or builtin for a plugin that ships with the console.",
    );
    return null;
  }
  if (known.data === "grpc") {
    const message = "gRPC plugins cannot be run by this version of the console.";
    findings.error("grpc_unsupported", "type", message, "Offer the plugin over HTTP: type: http.");
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
  if (typeof endpoint !== "string" || endpoint.trim() === "" || type !== "http") return;
  const problem = endpointProblem(endpoint);
  if (problem) findings.error("invalid_url", "endpoint", problem.message, problem.fix);
  else if (isOpenToTheWorld(endpoint)) {
    const message =
      "This address is public and not encrypted: configuration and chats could be read on the way.";
    findings.warning("unencrypted_endpoint", "endpoint", message, "Use https.");
  }
}

function endpointProblem(endpoint: string): { message: string; fix: string } | null {
  try {
    const { url } = parseEndpoint(endpoint);
    if (/^https?:/.test(url)) return null;
    return { message: "An http plugin has an http or https address.", fix: "Write http:// or https://." };
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

/** The contract has the last word: whatever the checks above did not foresee. */
function reportRest(
  issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>,
  findings: Findings,
): null {
  if (findings.hasErrors()) return null;
  for (const { path, message } of issues) {
    findings.error(
      "invalid_manifest",
      path.map(String).join("."),
      `${message}.`,
      "Compare with the plugin guide.",
    );
  }
  return null;
}
