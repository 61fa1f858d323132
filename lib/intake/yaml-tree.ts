import {
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type Event,
  type ScalarStyle,
} from "js-yaml";
import { isExact } from "../core/exact-json.ts";
import type { Findings } from "./findings.ts";
import { joinPath, type Entry, type Node, type ScalarNode } from "./tree.ts";
import {
  checkText,
  EMPTY,
  MAX_MANIFEST_DEPTH,
  MAX_MANIFEST_VALUES,
  tooManyValues,
  toSyntaxProblem,
  type TextProblem,
} from "./yaml-text.ts";

/**
 * YAML or JSON text → tree; null when the text has no readable document. js-yaml's event parser is the only parser: it stops
 * at `MAX_MANIFEST_DEPTH` by itself, and its events become plain nodes and nothing else. Anchors, aliases, tags, merge
 * keys, duplicate keys, `__proto__` and further documents are findings, all of them at once. `source` has no byte order mark.
 */
export function parseTree(source: string, findings: Findings): Node | null {
  const fail = ({ code, message, fix, offset }: TextProblem) => {
    findings.locate("", offset);
    findings.error(code, "", message, fix);
    return null;
  };
  const problem = checkText(source);
  if (problem) return fail(problem);
  try {
    const events = parseEvents(source, { maxDepth: MAX_MANIFEST_DEPTH });
    const excess = checkCount(events);
    if (excess) return fail(excess);
    const root = new TreeBuilder(source, events, findings).build();
    return root ?? fail(EMPTY);
  } catch (error) {
    return fail(toSyntaxProblem(error, findings.dialect));
  }
}

/** Everything after parsing costs time for each value, so a text with too many is not looked at any further. */
function checkCount(events: Event[]): TextProblem | null {
  if (events.length <= MAX_MANIFEST_VALUES) return null;
  let count = 0;
  for (const event of events) {
    if (!isStyled(event)) continue;
    count += 1;
    if (count > MAX_MANIFEST_VALUES) return tooManyValues(Math.max(0, startOf(event)));
  }
  return null;
}

type Styled = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

/** Reads the flat list of events once, from left to right. Recursion is as deep as the document, at most 32. */
class TreeBuilder {
  readonly #source: string;
  readonly #events: Event[];
  readonly #findings: Findings;
  /** From the root to the value being read. Spelled out only for a finding: most values never need their path. */
  readonly #trail: Array<string | number> = [];
  #next = 0;

  constructor(source: string, events: Event[], findings: Findings) {
    this.#source = source;
    this.#events = events;
    this.#findings = findings;
  }

  /** The first document; null when there is none or nothing in it. */
  build(): Node | null {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return null;
    if (this.#peek()?.type === EVENT_ID.POP) return null;
    const root = this.#node(0);
    this.#take();
    if (this.#peek() !== undefined) {
      const second = this.#events[this.#next + 1];
      const offset = second && isStyled(second) ? startOf(second) : -1;
      this.#findings.locate("", offset === -1 ? this.#source.length : offset);
      const message = "The file holds more than one YAML document; only the first is read.";
      this.#findings.error("several_documents", "", message, "Remove everything after the second ---.");
    }
    return root.kind === "scalar" && root.value === null ? null : root;
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  #take(): Event | undefined {
    const event = this.#events[this.#next];
    this.#next += 1;
    return event;
  }

  #isAtEnd(): boolean {
    return this.#events[this.#next]?.type === EVENT_ID.POP;
  }

  #refuse(at: number, code: string, message: string, fix: string): void {
    const path = this.#trail.reduce<string>(joinPath, "");
    this.#findings.locate(path, at);
    this.#findings.error(code, path, message, fix);
  }

  /** `fallback` is where an empty value belongs: it has no place of its own. */
  #node(fallback: number): Node {
    const event = this.#take() as Styled;
    const offset = startOf(event);
    const at = offset === -1 ? fallback : offset;
    this.#refuseReferences(event, at);
    if (event.type === EVENT_ID.SEQUENCE) return this.#list(at);
    if (event.type === EVENT_ID.MAPPING) return this.#map(at);
    if (event.type === EVENT_ID.ALIAS) return { kind: "scalar", value: null, at };
    return this.#scalar(event, at);
  }

  #list(at: number): Node {
    const items: Node[] = [];
    while (!this.#isAtEnd()) {
      this.#trail.push(items.length);
      items.push(this.#node(at));
      this.#trail.pop();
    }
    this.#take();
    return { kind: "list", items, at };
  }

  #map(at: number): Node {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    while (!this.#isAtEnd()) {
      const key = this.#node(at);
      const keyAt = key.at ?? at;
      const name = toName(key);
      this.#trail.push(name ?? "?");
      const isGood = this.#checkName(name, keyAt, seen);
      const value = this.#node(keyAt);
      this.#trail.pop();
      if (isGood && name !== null) entries.push({ key: name, value, at: keyAt });
    }
    this.#take();
    return { kind: "map", entries, at };
  }

  /** False for a key that must not get in; the reason is reported. */
  #checkName(name: string | null, at: number, seen: Set<string>): boolean {
    const problem = name === null ? NOT_TEXT : FORBIDDEN.get(name);
    if (problem) {
      this.#refuse(at, ...problem);
      return false;
    }
    if (name !== null && seen.has(name)) {
      this.#refuse(
        at,
        "duplicate_key",
        `${name.slice(0, 100)} is given twice in the same object.`,
        "Keep one of the two.",
      );
      return false;
    }
    if (name !== null) seen.add(name);
    return true;
  }

  #scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>, at: number): ScalarNode {
    const text = event.valueStart === -1 ? "" : getScalarValue(this.#source, event);
    if (event.style !== SCALAR_STYLE.PLAIN) return { kind: "scalar", value: text, at };
    const { value } = CORE_SCHEMA.resolveImplicitScalarTag(text);
    if (typeof value === "number" && !Number.isFinite(value)) {
      const message = `${text} is not a number that can be sent to a plugin.`;
      this.#refuse(at, "invalid_number", message, "Write an ordinary number, or put it in quotes.");
      return { kind: "scalar", value: null, at };
    }
    if (typeof value === "number") this.#checkNumber(text, value, at);
    const isKnown = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", value: isKnown ? value : null, raw: text, at };
  }

  /** A number that would become another one, here or for who else reads the file. */
  #checkNumber(text: string, value: number, at: number): void {
    const path = this.#trail.reduce<string>(joinPath, "");
    this.#findings.locate(path, at);
    if (/^[-+]?\d/.test(text) && !/^[-+]?0[box]/i.test(text) && !isExact(text.replace(/^\+/, ""))) {
      const message = `${text.slice(0, 60)} has more digits than a number keeps: it would become ${value}.`;
      this.#findings.error(
        "rounded_number",
        path,
        message,
        "Write fewer digits, or put it in quotes as a text.",
      );
    } else if (/^[-+]?0[0-7]+$/.test(text)) {
      const message = `${text} is read as ${value} here; other YAML readers take the leading 0 for octal and see ${parseInt(text, 8)}.`;
      this.#findings.warning(
        "octal_number",
        path,
        message,
        `Write ${value}, or 0o${text.replace(/^[-+]?0+/, "")} for the octal number.`,
      );
    }
  }

  #refuseReferences(event: Styled, at: number): void {
    if (event.anchorStart !== -1) {
      const message = "Anchors (&) and aliases (*) are not allowed in a manifest.";
      this.#refuse(at, "anchor_or_alias", message, "Write the value out where it is needed.");
    }
    if (event.type !== EVENT_ID.ALIAS && event.tagStart !== -1) {
      this.#refuse(
        at,
        "tag",
        "YAML tags (!) are not allowed in a manifest.",
        "Remove the tag; put text in quotes.",
      );
    }
  }
}

type Problem = [code: string, message: string, fix: string];

const NOT_TEXT: Problem = [
  "invalid_key",
  "A field name must be text.",
  "Write one plain name before the colon.",
];
const FORBIDDEN: ReadonlyMap<string, Problem> = new Map([
  ["__proto__", ["forbidden_key", "A field must not be named __proto__.", "Remove this field."]],
  ["<<", ["merge_key", "Merge keys (<<) are not allowed in a manifest.", "Write the fields out."]],
]);

/** A key as it was written: `1.10` and `true` are names, too. Null for a list or an object. */
function toName(key: Node): string | null {
  return key.kind === "scalar" ? (key.raw ?? String(key.value ?? "")) : null;
}

function isStyled(event: Event): event is Styled {
  return event.type !== EVENT_ID.DOCUMENT && event.type !== EVENT_ID.POP;
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
