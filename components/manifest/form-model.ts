import type { Finding, Json } from "@/lib/contract/manifest.ts";
import {
  editManifest,
  parseManifest,
  parseWritten,
  readField,
  type FieldPath,
  type ManifestEdit,
} from "./manifest-text.ts";

/** A manifest text as a form sees it: values by path, findings by path, changes as new text. */
export interface FormModel {
  value(path: FieldPath): Json | undefined;
  /** As it is written; empty when it is not there. Lists and objects as JSON. */
  text(path: FieldPath): string;
  /** Findings about exactly this path, errors first. */
  findings(path: FieldPath): Finding[];
  /** How many errors there are about this path or what lies below. */
  countErrors(path: FieldPath): number;
  /** Undefined takes the key away. */
  set(path: FieldPath, value: Json | undefined): void;
  edit(edit: ManifestEdit): void;
}

/** Null when the text cannot be shown as a form. `onChange` gets the text after a change. */
export function createFormModel(
  text: string,
  findings: readonly Finding[],
  onChange: (text: string) => void,
): FormModel | null {
  const manifest = parseManifest(text);
  const written = parseWritten(text);
  if (manifest === null || written === null) return null;
  const edit = (change: ManifestEdit) => onChange(editManifest(text, change));
  return {
    value: (path) => readField(manifest, path),
    text: (path) => toText(readField(written, path) ?? readField(manifest, path)),
    findings: (path) =>
      findings
        .filter((finding) => finding.path === toFindingPath(path))
        .toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error")),
    countErrors: (path) =>
      findings.filter(
        (finding) => finding.severity === "error" && isWithin(finding.path, toFindingPath(path)),
      ).length,
    set: (path, value) => edit({ kind: "set", path, value }),
    edit,
  };
}

/** `["metadata", "config_schema", 1, "name"]` → `metadata.config_schema[1].name`, as findings name it. */
export function toFindingPath(path: FieldPath): string {
  return path.reduce<string>((all, part) => {
    if (typeof part === "number") return `${all}[${part}]`;
    return all === "" ? part : `${all}.${part}`;
  }, "");
}

function isWithin(path: string, around: string): boolean {
  return path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[`);
}

function toText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What was typed for a number: the number, else the text itself, which the reader then complains about; nothing is no key. */
export function parseTypedNumber(typed: string): number | string | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : typed;
}

/** One value of a setting of some type, as typed. */
export function parseTyped(typed: string, type: string): Json | undefined {
  if (typed === "") return undefined;
  if (type === "int" || type === "float") return parseTypedNumber(typed);
  if (type === "bool") return typed === "true" ? true : typed === "false" ? false : typed;
  if (type === "string") return typed;
  try {
    return JSON.parse(typed) as Json;
  } catch {
    return typed;
  }
}
