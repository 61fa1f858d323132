import { Document, Scalar, visit } from "yaml";
import type { Json, Manifest } from "../contract/manifest.ts";
import { INVISIBLE } from "./invisible.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";

/**
 * The manifest as plugin.yaml: names in snake_case as the guide writes them, in the guide's order, unknown fields behind those we know.
 * Text that any YAML reader could take for something else (`yes`, `1.10`, a date) is quoted. Reading it again gives the same
 * manifest, except that a sensitive field has no default any more.
 */
export function toManifestYaml(manifest: Manifest): string {
  const document = new Document(toPublic(manifest), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string")
        node.type = isPlain(node.value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
    },
  });
  // As JSON, a quoted text stays on its line and is read alike by readers of YAML 1.1 and 1.2.
  const text = document.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
  return escapeRaw(text);
}

/**
 * The manifest as plugin.json, for Loom's own loader: its Go types carry snake_case names for JSON only, so that it finds
 * `provider_type` in plugin.json, while from YAML it reads `providertype`. Every known field has the type Go expects; what it
 * does not know it skips.
 */
export function toManifestJson(manifest: Manifest): string {
  return escapeRaw(`${JSON.stringify(toPublic(manifest), null, 2)}\n`);
}

/** Characters YAML does not allow, the sign of broken UTF-8, and what intake refuses to read raw. Only quoted text can hold them. */
const UNSAFE_RAW = new RegExp(`[\\u007F-\\u009F\\uFFFD\\uFFFE\\uFFFF]|${INVISIBLE.source}`, "g");

function escapeRaw(text: string): string {
  return text.replace(UNSAFE_RAW, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Words that some YAML reader takes for a boolean, for null or for a number. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i;
const WORDS = /^[A-Za-z](?:[\w ./@()-]*[\w./@()])?$/;
const ADDRESS = /^(?:https?|grpcs?):\/\/[\w.~/-]+(?::\d+)?(?:\/[\w.~/-]*)?$/;

function isPlain(text: string): boolean {
  return text.length <= 200 && !RESERVED.test(text) && (WORDS.test(text) || ADDRESS.test(text));
}

const MANIFEST_ORDER = [
  ...["type", "endpoint", "metadata", "auto_start", "health_check_interval"],
  ...["command", "args", "env"],
];
const METADATA_ORDER = [
  ...[
    "name",
    "version",
    "plugin_api_version",
    "provider_type",
    "description",
    "author",
    "homepage",
    "license",
  ],
  ...["capabilities", "config_schema"],
];
const FIELD_ORDER = ["name", "type", "required", "sensitive", "description", "default", "validation"];

function toPublic(manifest: Manifest): JsonObject {
  const { metadata, ...rest } = manifest;
  const fields = metadata.config_schema.map((field) => {
    const { default: value, sensitive, description, ...others } = field;
    return inOrder(FIELD_ORDER, {
      ...others,
      ...(sensitive ? { sensitive } : {}),
      ...(description === "" ? {} : { description }),
      // A default of a sensitive field is a secret that somebody wrote down.
      ...(sensitive || value === undefined ? {} : { default: value }),
    });
  });
  const { description, author, ...described } = metadata;
  const outer = {
    ...described,
    ...(description === "" ? {} : { description }),
    ...(author === "" ? {} : { author }),
    config_schema: fields,
  };
  const publicMetadata = inOrder(METADATA_ORDER, outer);
  return toWritable(inOrder(MANIFEST_ORDER, { ...rest, metadata: publicMetadata })) as JsonObject;
}

/** The fields in `order` first, then the others as they come. */
function inOrder(order: readonly string[], object: JsonObject): JsonObject {
  const known = order.filter((name) => Object.hasOwn(object, name));
  const others = Object.keys(object).filter((name) => !order.includes(name));
  return Object.fromEntries([...known, ...others].map((name) => [name, object[name]]));
}

/** Names that intake refuses, whoever wrote them. A running plugin's own metadata may hold them. */
const UNWRITABLE: ReadonlySet<string> = new Set(["__proto__", "<<"]);

function toWritable(value: unknown): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => toWritable(item) ?? null);
  if (!isJsonObject(value)) return value as Json | undefined;
  const entries = Object.entries(value).filter(([name, part]) => part !== undefined && !UNWRITABLE.has(name));
  return Object.fromEntries(entries.map(([name, part]) => [name, toWritable(part) ?? null]));
}
