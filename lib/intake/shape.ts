import { matchKeys } from "../core/json-object.ts";
import { findMeant } from "../core/spelling.ts";
import type { Json } from "../contract/manifest.ts";
import type { Findings } from "./findings.ts";
import { joinPath, toJson, type Entry, type Node, type ScalarNode } from "./tree.ts";

/** What a place in a document should hold. */
export type Shape =
  | { is: "text" | "whole number" | "number" | "boolean" | "anything" }
  | { is: "list"; of: Shape }
  | { is: "object"; fields: Readonly<Record<string, Shape>> }
  /** An object with free names. */
  | { is: "dictionary"; of: Shape };

/**
 * A tree as the plain value its shape describes: names spelled as in the protocol, numbers written as text where text belongs
 * and the like put right with a warning, values of a wrong type left out with an error. Unknown fields stay, with a warning.
 * `undefined` stands for absent, which null is too.
 */
export function applyShape(node: Node, shape: Shape, path: string, findings: Findings): Json | undefined {
  if (node.kind === "scalar" && node.value === null && shape.is !== "anything") return undefined;
  switch (shape.is) {
    case "anything":
      return toJson(node);
    case "list":
      return readList(node, shape.of, path, findings);
    case "dictionary":
      return readDictionary(node, shape.of, path, findings);
    case "object":
      return readObject(node, shape.fields, path, findings);
    case "text":
      return readText(node, path, findings);
    case "boolean":
      return readBoolean(node, path, findings);
    case "number":
    case "whole number":
      return readNumber(node, shape.is, path, findings);
  }
}

function readList(node: Node, of: Shape, path: string, findings: Findings): Json | undefined {
  if (node.kind !== "list") return refuse(node, "a list", path, findings);
  return node.items.map((item, index) => {
    const at = joinPath(path, index);
    findings.locate(at, item.at);
    // An item that is wrong keeps its place, so that the paths of the others stay true.
    return applyShape(item, of, at, findings) ?? null;
  });
}

function readDictionary(node: Node, of: Shape, path: string, findings: Findings): Json | undefined {
  if (node.kind !== "map") return refuse(node, "an object", path, findings);
  return collect(node.entries, (entry) => {
    const at = joinPath(path, entry.key);
    findings.locate(at, entry.value.at ?? entry.at);
    return [entry.key, applyShape(entry.value, of, at, findings)];
  });
}

function readObject(
  node: Node,
  fields: Readonly<Record<string, Shape>>,
  path: string,
  findings: Findings,
): Json | undefined {
  if (node.kind !== "map") return refuse(node, "an object", path, findings);
  const keys = node.entries.map(({ key }) => key);
  const isExact = keys.every((key) => Object.hasOwn(fields, key));
  const names = isExact ? null : matchKeys(keys, Object.keys(fields));
  const present = new Set(names === null ? keys : names.values());
  const absent = Object.keys(fields).filter((name) => !present.has(name));
  return collect(node.entries, (entry) => {
    const name = names === null ? entry.key : names.get(entry.key);
    const at = joinPath(path, name ?? entry.key);
    const shape = name === undefined ? undefined : fields[name];
    if (name === undefined || shape === undefined) {
      findings.locate(at, entry.at);
      warnOfUnknown(entry.key, path, findMeant(entry.key, absent), findings);
      return [entry.key, toJson(entry.value)];
    }
    findings.locate(at, entry.value.at ?? entry.at);
    if (name !== entry.key) {
      warnOfSpelling(entry.key, name, at, findings);
    }
    return [name, applyShape(entry.value, shape, at, findings)];
  });
}

function warnOfUnknown(key: string, path: string, meant: string | null, findings: Findings): void {
  const at = joinPath(path, key);
  if (meant !== null) {
    findings.misspelt(at, joinPath(path, meant), `${key}: did you mean ${meant}?`, `Write ${meant}.`);
    return;
  }
  const message = `A manifest has no field ${key.slice(0, 100)} here; it is kept and has no effect.`;
  findings.warning("unknown_field", at, message, "Check the spelling, or remove it.");
}

/**
 * Loom takes snake_case names from plugin.json, whatever their case. Its YAML reader does so for the manifest itself, but knows
 * the names inside metadata only without underscores.
 */
function warnOfSpelling(key: string, name: string, path: string, findings: Findings): void {
  const inYaml = path.startsWith("metadata.") ? name.replaceAll("_", "") : name;
  const isReadByLoom = findings.dialect === "json" ? key.toLowerCase() === name : key === inYaml;
  const message = `${key} is read as ${name}${isReadByLoom ? "" : "; Loom itself does not know it by this name"}.`;
  findings.warning("respelled_field", path, message, `Write ${name}.`, { refusedByLoom: !isReadByLoom });
}

function readText(node: Node, path: string, findings: Findings): Json | undefined {
  if (node.kind !== "scalar") return refuse(node, "text", path, findings);
  if (typeof node.value === "string") return node.value;
  const text = node.raw ?? String(node.value);
  const isJson = findings.dialect === "json";
  const reason = isJson ? "Loom itself refuses it here" : "other YAML readers may change it";
  const fix = `Put it in quotes: "${text}".`;
  findings.warning("unquoted_text", path, `${text} is read as text; ${reason}.`, fix, {
    refusedByLoom: isJson,
  });
  return text;
}

/** Other YAML readers, Loom's among them, take these words for booleans. */
const OLD_BOOLEANS: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

function readBoolean(node: Node, path: string, findings: Findings): Json | undefined {
  if (node.kind === "scalar") {
    if (typeof node.value === "boolean") return node.value;
    const old = node.raw === undefined ? undefined : OLD_BOOLEANS[node.raw.toLowerCase()];
    if (old !== undefined) {
      findings.warning("old_boolean", path, `${node.raw} is read as ${old}.`, `Write ${old}.`);
      return old;
    }
  }
  return refuse(node, "true or false", path, findings);
}

function readNumber(
  node: Node,
  wanted: "number" | "whole number",
  path: string,
  findings: Findings,
): Json | undefined {
  if (node.kind !== "scalar" || typeof node.value !== "number") {
    return refuse(node, `a ${wanted}`, path, findings);
  }
  if (wanted === "number") return node.value;
  if (!Number.isSafeInteger(node.value)) return refuse(node, "a whole number", path, findings);
  if (node.raw !== undefined && /[.eE]/.test(node.raw) && !/^0x/i.test(node.raw)) {
    const isJson = findings.dialect === "json";
    const message = `${node.raw} is read as ${node.value}${isJson ? "; Loom itself refuses fractions here" : ""}.`;
    findings.warning("fraction", path, message, `Write ${node.value}.`, { refusedByLoom: isJson });
  }
  return node.value;
}

function refuse(node: Node, wanted: string, path: string, findings: Findings): undefined {
  findings.error(
    "wrong_type",
    path,
    `${path} must be ${wanted}, not ${describe(node)}.`,
    suggest(node, wanted),
  );
  return undefined;
}

function suggest(node: Node, wanted: string): string {
  const text = node.kind === "scalar" ? String(node.value) : "";
  const seconds = /^(\d+)\s*s(?:ec(?:onds?)?)?$/i.exec(text)?.[1];
  if (seconds !== undefined && wanted.endsWith("number")) return `Write the number alone: ${seconds}.`;
  if (text !== "" && Number.isFinite(Number(text)) && wanted.endsWith("number")) {
    return `Write it without quotes${wanted.startsWith("a whole") ? " and without a fraction" : ""}.`;
  }
  if (/^(true|false)$/i.test(text) && wanted === "true or false")
    return `Write ${text.toLowerCase()} without quotes.`;
  return HOW_TO_WRITE[wanted] ?? `Write ${wanted}.`;
}

const HOW_TO_WRITE: Readonly<Record<string, string>> = {
  "an object": "Write its fields on the lines below, indented, as name: value.",
  "a list": "Write its entries on the lines below, each after a dash, or as [one, two].",
};

function describe(node: Node): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "an object";
  return typeof node.value === "string" ? describeText(node) : String(node.value);
}

function describeText({ value }: ScalarNode): string {
  const text = String(value);
  return text.length <= 40 ? `the text "${text}"` : "a text";
}

function collect(entries: Entry[], read: (entry: Entry) => [string, Json | undefined]): Json {
  const pairs = entries.map(read).filter((pair): pair is [string, Json] => pair[1] !== undefined);
  // fromEntries defines own properties: no key can reach a prototype.
  return Object.fromEntries(pairs);
}
