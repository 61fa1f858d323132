import {
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type Event,
  type ScalarStyle,
} from "js-yaml";
import type { Findings } from "./findings.ts";
import { joinPath, type Entry, type Node, type Position, type ScalarNode } from "./tree.ts";
import {
  checkText,
  createLocator,
  EMPTY,
  MAX_MANIFEST_DEPTH,
  toSyntaxProblem,
  type TextProblem,
} from "./yaml-text.ts";

/**
 * YAML or JSON text → tree; null when the text has no readable document. js-yaml's event parser is the only parser: it stops
 * at `MAX_MANIFEST_DEPTH` by itself, and its events become plain nodes and nothing else. Anchors, aliases, tags, merge
 * keys, duplicate keys, `__proto__` and further documents are findings, all of them at once.
 */
export function parseTree(text: string, findings: Findings): Node | null {
  const source = text.replace(/^\uFEFF/, "");
  const locate = createLocator(source);
  const fail = (problem: TextProblem) => {
    findings.locate("", locate(problem.offset));
    findings.error(problem.code, "", problem.message, problem.fix);
    return null;
  };
  const problem = checkText(source);
  if (problem) return fail(problem);
  try {
    const events = parseEvents(source, { maxDepth: MAX_MANIFEST_DEPTH });
    const root = new TreeBuilder(source, events, locate, findings).build();
    return root ?? fail(EMPTY);
  } catch (error) {
    return fail(toSyntaxProblem(error));
  }
}

type Styled = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

/** Reads the flat list of events once, from left to right. Recursion is as deep as the document, at most 32. */
class TreeBuilder {
  readonly #source: string;
  readonly #events: Event[];
  readonly #locate: (offset: number) => Position;
  readonly #findings: Findings;
  #next = 0;

  constructor(source: string, events: Event[], locate: (offset: number) => Position, findings: Findings) {
    this.#source = source;
    this.#events = events;
    this.#locate = locate;
    this.#findings = findings;
  }

  /** The first document; null when there is none or nothing in it. */
  build(): Node | null {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return null;
    if (this.#peek()?.type === EVENT_ID.POP) return null;
    const root = this.#node("", { line: 1, column: 1 });
    this.#take();
    if (this.#peek() !== undefined) {
      const message = "The file holds more than one YAML document; only the first is read.";
      this.#findings.error("several_documents", "", message, "Remove everything after the second ---.");
    }
    return root.kind === "scalar" && root.value === null ? null : root;
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  #take(): Event | undefined {
    const event = this.#peek();
    this.#next += 1;
    return event;
  }

  /** `fallback` is where an empty value belongs: it has no place of its own. */
  #node(path: string, fallback: Position): Node {
    const event = this.#take() as Styled;
    const offset = startOf(event);
    const at = offset === -1 ? fallback : this.#locate(offset);
    this.#findings.locate(path, at);
    this.#refuseReferences(event, path);
    if (event.type === EVENT_ID.SEQUENCE) return this.#list(path, at);
    if (event.type === EVENT_ID.MAPPING) return this.#map(path, at);
    if (event.type === EVENT_ID.ALIAS) return { kind: "scalar", value: null, at };
    return this.#scalar(event, path, at);
  }

  #list(path: string, at: Position): Node {
    const items: Node[] = [];
    while (this.#peek()?.type !== EVENT_ID.POP) items.push(this.#node(joinPath(path, items.length), at));
    this.#take();
    return { kind: "list", items, at };
  }

  #map(path: string, at: Position): Node {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const key = this.#node(path, at);
      const keyAt = key.at ?? at;
      const name = this.#keyName(key, path, keyAt, seen);
      const value = this.#node(name === null ? path : joinPath(path, name), keyAt);
      if (name !== null) entries.push({ key: name, value, at: keyAt });
    }
    this.#findings.locate(path, at);
    this.#take();
    return { kind: "map", entries, at };
  }

  /** Null for a key that must not get in; the reason is reported. */
  #keyName(key: Node, path: string, at: Position, seen: Set<string>): string | null {
    const refuse = (code: string, name: string, message: string, fix: string) => {
      const full = joinPath(path, name);
      this.#findings.locate(full, at);
      this.#findings.error(code, full, message, fix);
      return null;
    };
    if (key.kind !== "scalar") {
      return refuse(
        "invalid_key",
        "?",
        "A field name must be text.",
        "Write one plain name before the colon.",
      );
    }
    const name = key.raw ?? String(key.value ?? "");
    if (name === "__proto__") {
      return refuse("forbidden_key", name, "A field must not be named __proto__.", "Remove this field.");
    }
    if (name === "<<") {
      return refuse("merge_key", name, "Merge keys (<<) are not read.", "Write the fields out.");
    }
    if (seen.has(name)) {
      const message = `${name.slice(0, 100)} is given twice.`;
      return refuse("duplicate_key", name, message, "Keep one of them.");
    }
    seen.add(name);
    return name;
  }

  #scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>, path: string, at: Position): ScalarNode {
    const text = event.valueStart === -1 ? "" : getScalarValue(this.#source, event);
    if (event.style !== SCALAR_STYLE.PLAIN) return { kind: "scalar", value: text, at };
    const { value } = CORE_SCHEMA.resolveImplicitScalarTag(text);
    if (typeof value === "number" && !Number.isFinite(value)) {
      const message = `${text} is not a number that JSON knows.`;
      this.#findings.error("invalid_number", path, message, "Write an ordinary number.");
      return { kind: "scalar", value: null, at };
    }
    const isKnown = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", value: isKnown ? value : null, raw: text, at };
  }

  #refuseReferences(event: Styled, path: string): void {
    if (event.anchorStart !== -1) {
      const message = "Anchors (&) and aliases (*) are not read.";
      this.#findings.error("anchor_or_alias", path, message, "Write the value out where it is needed.");
    }
    if (event.type !== EVENT_ID.ALIAS && event.tagStart !== -1) {
      const message = "Tags (!) are not read.";
      this.#findings.error("tag", path, message, "Remove the tag; put text in quotes.");
    }
  }
}

/** Offset of the value itself, or of its anchor or tag when it is empty; -1 for nothing at all. */
function startOf(event: Styled): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  const start = event.type === EVENT_ID.SCALAR ? event.valueStart - quoteLength(event.style) : event.start;
  return start < 0 ? Math.max(event.anchorStart, event.tagStart) : start;
}

function quoteLength(style: ScalarStyle): number {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
}
