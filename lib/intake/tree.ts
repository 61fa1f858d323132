import type { Json } from "../contract/manifest.ts";

/** 1-based place of a character in a text. */
export interface Position {
  line: number;
  column: number;
}

/** One value of a document. `at` is the offset of its first character; absent for values that never were text. */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  kind: "scalar";
  value: string | number | boolean | null;
  /** As it was written, for unquoted scalars only: `1.10` is the number 1.1 but the version 1.10. */
  raw?: string;
  at?: number;
}

export interface ListNode {
  kind: "list";
  items: Node[];
  at?: number;
}

export interface MapNode {
  kind: "map";
  entries: Entry[];
  at?: number;
}

export interface Entry {
  key: string;
  value: Node;
  /** Offset of the key. */
  at?: number;
}

/** JSON that never was text (a running plugin's metadata) as a tree. `__proto__` is left out. */
export function treeOf(value: unknown): Node {
  if (Array.isArray(value)) return { kind: "list", items: value.map(treeOf) };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({ key, value: treeOf(item) }));
    return { kind: "map", entries: entries.filter(({ key }) => key !== "__proto__") };
  }
  const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return { kind: "scalar", value: isScalar ? value : null };
}

/** The plain value of a node. */
export function toJson(node: Node): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toJson);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, toJson(value)]));
}

/** Longest part of a path: a hostile key is as long as the file. */
const MAX_NAME = 100;

/** `config_schema` + 1 → `config_schema[1]`, `a` + `b` → `a.b`. */
export function joinPath(path: string, part: string | number): string {
  if (typeof part === "number") return `${path}[${part}]`;
  const name = part.slice(0, MAX_NAME);
  return path === "" ? name : `${path}.${name}`;
}
