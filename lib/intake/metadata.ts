import type { Manifest, Metadata } from "../contract/manifest.ts";
import { INTERVAL_SECONDS, type Finding, type Json } from "../contract/manifest.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import { createFindings, type Findings } from "./findings.ts";
import { METADATA_SHAPE } from "./manifest-shape.ts";
import { checkPrices } from "./price-rules.ts";
import { checkConfigSchema } from "./schema-rules.ts";
import { applyShape } from "./shape.ts";
import { joinPath, treeOf } from "./tree.ts";

/** Everything noticed in what a running plugin says about itself. Without positions: there is no text. */
export function findingsOf(metadata: Metadata): Finding[] {
  const findings = createFindings("json");
  const tree = treeOf(metadata);
  const value = applyShape(tree, METADATA_SHAPE, "metadata", findings);
  checkPrices(tree, findings, "metadata");
  checkMetadata(value as JsonObject, "metadata", findings);
  return findings.list();
}

/** The manifest a plugin would have if somebody wrote down what it says at `endpoint` (a normalised base URL). */
export function manifestFromMetadata(endpoint: string, metadata: Metadata): Manifest {
  return {
    type: /^grpcs?:/.test(endpoint) ? "grpc" : "http",
    endpoint,
    metadata,
    auto_start: false,
    health_check_interval: INTERVAL_SECONDS.default,
  };
}

/** Letters, digits, dot, dash and underscore: it becomes part of addresses and file names. */
const PROVIDER_TYPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** The guide knows one version, 1.0.0; later 1.x stay readable by the rules of semantic versioning. */
const API_VERSION = /^1(?:\.\d+){0,2}$/;

/** Checks metadata whose shape is right; `at` is its path. */
export function checkMetadata(metadata: JsonObject, at: string, findings: Findings): void {
  for (const name of ["name", "provider_type", "version"]) requireText(metadata, name, at, findings);
  const { provider_type: type, plugin_api_version: api, homepage, capabilities } = metadata;
  const schema = metadata["config_schema"];
  if (typeof type === "string" && type !== "" && !PROVIDER_TYPE.test(type)) {
    const message = "provider_type has up to 64 letters, digits, dots, dashes and underscores.";
    findings.error(
      "malformed_provider_type",
      joinPath(at, "provider_type"),
      message,
      "For example: my-provider.",
    );
  }
  if (typeof api === "string" && !API_VERSION.test(api)) {
    const message = `Plugin API version ${api.slice(0, 40)} is not supported.`;
    findings.error("unsupported_api_version", joinPath(at, "plugin_api_version"), message, 'Use "1.0.0".');
  }
  if (typeof homepage === "string" && homepage !== "" && !isWebAddress(homepage)) {
    const message = "The homepage must be an http or https address.";
    findings.error(
      "invalid_homepage",
      joinPath(at, "homepage"),
      message,
      "For example: https://example.com.",
    );
  }
  if (isJsonObject(capabilities)) checkCustom(capabilities, joinPath(at, "capabilities"), findings);
  if (Array.isArray(schema)) checkConfigSchema(schema as Json[], joinPath(at, "config_schema"), findings);
}

/** Free names, but Loom's own type holds nothing but flags. */
function checkCustom(capabilities: JsonObject, at: string, findings: Findings): void {
  const custom = capabilities["custom_capabilities"];
  if (!isJsonObject(custom)) return;
  for (const [name, value] of Object.entries(custom)) {
    if (typeof value === "boolean") continue;
    const path = joinPath(joinPath(at, "custom_capabilities"), name);
    const message = `${name.slice(0, 100)} is not true or false; it is kept, but Loom itself refuses it.`;
    findings.warning("capability_not_boolean", path, message, "Write true or false.", {
      refusedByLoom: true,
    });
  }
}

/** Reports a text that is absent or blank; one of a wrong type was reported when it was read. */
export function requireText(object: JsonObject, name: string, at: string, findings: Findings): void {
  const value = object[name];
  if (typeof value === "string" && value.trim() !== "") return;
  const path = joinPath(at, name);
  if (findings.hasErrorAt(path)) return;
  const what = typeof value === "string" ? "empty" : "missing";
  findings.error("missing_field", path, `${path} is ${what}.`, EXAMPLES[path] ?? "Add it.");
}

const EXAMPLES: Readonly<Record<string, string>> = {
  type: "Add type: http.",
  endpoint: "Add the address the plugin listens at: endpoint: http://localhost:8090.",
  "metadata.name": "Add a name that people will see: name: My plugin.",
  "metadata.provider_type":
    "Add a short identifier: provider_type: my-provider. The running plugin must report the same.",
  "metadata.version": 'Add the plugin\'s version: version: "1.0.0".',
};

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
