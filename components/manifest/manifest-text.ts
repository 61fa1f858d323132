import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type Scalar,
} from "yaml";
import type { Json } from "@/lib/contract/manifest.ts";
import { isJsonObject, isSameJson, matchKeys } from "@/lib/core/json-object.ts";
import { isShallow } from "../editor/text-depth.ts";

/** Where a value stands, by the names of the contract: `["metadata", "config_schema", 1, "default"]`. */
export type FieldPath = readonly (string | number)[];

/** One change of a manifest. `set` with `value` undefined takes the key away. */
export type ManifestEdit =
  | { kind: "set"; path: FieldPath; value: Json | undefined }
  | { kind: "add"; path: FieldPath; value: Json }
  | { kind: "remove"; path: FieldPath; index: number }
  | { kind: "move"; path: FieldPath; index: number; to: number };

/** What a manifest text says, as a plain object; null when it is not one. Only for text the server has read before. */
export function parseManifest(text: string): Record<string, Json> | null {
  const value: unknown = parseJson(text) ?? parseYaml(text)?.toJS();
  return isJsonObject(value) ? (value as Record<string, Json>) : null;
}

/** The value at a path, however its keys are spelled; undefined when there is none. */
export function readField(manifest: Json, path: FieldPath): Json | undefined {
  return resolve(manifest, path).reduce<Json | undefined>((value, part) => childOf(value, part), manifest);
}

/**
 * The text with one change made, everything else as it was written: comments, order, unknown keys, spelling of keys. JSON stays
 * JSON. The same text when the change cannot be made.
 */
export function editManifest(text: string, edit: ManifestEdit): string {
  const manifest = parseManifest(text);
  if (manifest === null) return text;
  const path = resolve(manifest, edit.path);
  if (parseJson(text) !== undefined) return editJson(text, manifest, { ...edit, path });
  return editYaml(text, manifest, { ...edit, path });
}

function parseJson(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseYaml(text: string): Document.Parsed | null {
  if (!isShallow(text)) return null;
  const document = parseDocument(text, { logLevel: "silent", merge: false });
  return document.errors.length > 0 ? null : document;
}

function childOf(value: Json | undefined, part: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof part === "number" ? value[part] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

/** May stand beside `metadata` by mistake; what stands there is edited there. */
const MISPLACED = new Set<string | number>(["capabilities", "config_schema"]);

/** From the names of the contract to those that are written. */
function resolve(manifest: Json, path: FieldPath): FieldPath {
  const found = spell(manifest, path);
  if (path[0] !== "metadata" || !MISPLACED.has(path[1] ?? "")) return found;
  if (childOf(childOf(manifest, found[0] ?? ""), found[1] ?? "") !== undefined) return found;
  const outside = spell(manifest, path.slice(1));
  return childOf(manifest, outside[0] ?? "") === undefined ? found : outside;
}

function spell(manifest: Json, path: FieldPath): FieldPath {
  let value: Json | undefined = manifest;
  return path.map((part) => {
    const keys = isJsonObject(value) ? Object.keys(value) : [];
    const name: string | number =
      typeof part === "string" ? ([...matchKeys(keys, [part]).keys()][0] ?? part) : part;
    value = childOf(value, name);
    return name;
  });
}

/** The manifest as it has to be after a change. */
function applyEdit(manifest: Json, edit: ManifestEdit): Json {
  const [part, ...rest] = edit.path;
  if (part !== undefined && (rest.length > 0 || edit.kind !== "set")) {
    const child = applyEdit(childOf(manifest, part) ?? (typeof rest[0] === "number" ? [] : {}), {
      ...edit,
      path: rest,
    });
    return withChild(manifest, part, child);
  }
  if (edit.kind === "set")
    return part === undefined ? (edit.value ?? null) : withChild(manifest, part, edit.value);
  const list = Array.isArray(manifest) ? [...manifest] : [];
  if (edit.kind === "add") list.push(edit.value);
  else {
    const [item] = list.splice(edit.index, 1);
    if (edit.kind === "move" && item !== undefined) list.splice(edit.to, 0, item);
  }
  return list;
}

function withChild(parent: Json, part: string | number, child: Json | undefined): Json {
  if (Array.isArray(parent)) return parent.map((item, index) => (index === part ? (child ?? null) : item));
  const object = isJsonObject(parent) ? { ...parent } : {};
  if (child === undefined) delete object[part];
  else object[part] = child;
  return object;
}

function editJson(text: string, manifest: Json, edit: ManifestEdit): string {
  const indent = /^\s*\{\r?\n([ \t]+)/.exec(text)?.[1] ?? (text.includes("\n") ? "  " : "");
  return JSON.stringify(applyEdit(manifest, edit), null, indent) + (/\s*$/.exec(text)?.[0] ?? "");
}

function editYaml(text: string, manifest: Json, edit: ManifestEdit): string {
  const document = parseYaml(text);
  if (!document) return text;
  const wanted = applyEdit(manifest, edit);
  const spliced = edit.kind === "set" ? spliceScalar(text, document, edit) : null;
  if (spliced !== null && isSameJson(parseManifest(spliced) ?? undefined, wanted)) return spliced;
  change(document, edit);
  return document.toString(toLayout(text));
}

/** One plain value in the place of another, without touching a sign beside it. Null when there was none. */
function spliceScalar(
  text: string,
  document: Document.Parsed,
  { path, value }: { path: FieldPath; value: Json | undefined },
): string | null {
  const node = document.getIn(path, true);
  if (!isScalar(node) || !node.range || value === undefined || typeof value === "object") return null;
  const [from, to] = node.range;
  if (from === to) return null;
  const end = text.slice(from, to).endsWith("\n") ? "\n" : "";
  return text.slice(0, from) + toScalarText(value, node) + end + text.slice(to);
}

function toScalarText(value: string | number | boolean, { type, value: before }: Scalar): string {
  if (typeof value !== "string") return String(value);
  // Nothing at all has to be quoted; what takes its place need not be.
  const keepsQuotes = (type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE") && before !== "";
  const quoted = keepsQuotes ? type : "PLAIN";
  const written = stringify(value, { lineWidth: 0, defaultStringType: quoted }).trimEnd();
  // Signs that mean something inside braces, and several lines.
  return quoted === "PLAIN" && /[,[\]{}\n]/.test(written) ? JSON.stringify(value) : written;
}

function change(document: Document.Parsed, edit: ManifestEdit): void {
  const node = (value: Json) => document.createNode(value, { aliasDuplicateObjects: false });
  const { path } = edit;
  if (edit.kind === "set" && edit.value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    return;
  }
  const holders = edit.kind === "set" ? path.length - 1 : path.length;
  for (let length = 1; length <= holders; length++) {
    const holder = path.slice(0, length);
    if (isCollection(document.getIn(holder, true))) continue;
    const isList = typeof path[length] === "number" || length === path.length;
    document.setIn(holder, node(isList ? [] : {}));
  }
  if (edit.kind === "set") {
    const old = document.getIn(path, true);
    const isPlain = typeof edit.value !== "object" || edit.value === null;
    if (isScalar(old) && isPlain) old.value = edit.value;
    else document.setIn(path, node(edit.value ?? null));
    return;
  }
  const list = document.getIn(path, true);
  if (!isSeq(list)) return;
  if (edit.kind === "add") {
    // Written like the items before it; a list that was empty is written in lines.
    const item = node(edit.value);
    const last = list.items.at(-1);
    if (list.items.length === 0) list.flow = false;
    if (isCollection(item) && isMap(last) && last.flow === true) item.flow = true;
    list.items.push(item);
  } else {
    const [item] = list.items.splice(edit.index, 1);
    if (edit.kind === "move" && item !== undefined) list.items.splice(edit.to, 0, item);
  }
}

/** How the text is laid out, so that what is written again looks the same. */
function toLayout(text: string) {
  const lines = text.split("\n");
  const indent = Math.min(...lines.flatMap((line) => /^( +)[^\s#-]/.exec(line)?.[1]?.length ?? [])) || 2;
  return {
    lineWidth: Math.max(80, ...lines.map((line) => line.length)),
    indent: Number.isFinite(indent) ? Math.min(indent, 8) : 2,
    indentSeq: !/^( *)[\w"']+: *\n\1- /m.test(text),
    flowCollectionPadding: !/\{\w/.test(text),
  };
}

/** The same object with every plain value as it is written: the version 1.10, not the number 1.1. JSON is not written otherwise. */
export function parseWritten(text: string): Record<string, Json> | null {
  if (parseJson(text) !== undefined) return parseManifest(text);
  if (!isShallow(text)) return null;
  const document = parseDocument(text, { logLevel: "silent", schema: "failsafe" });
  const value: unknown = document.errors.length > 0 ? null : document.toJS();
  return isJsonObject(value) ? (value as Record<string, Json>) : null;
}
