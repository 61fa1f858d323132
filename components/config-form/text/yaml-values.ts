import {
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event,
} from "js-yaml";
import type { Json } from "@/lib/contract/manifest.ts";
import type { ConfigValues } from "@/lib/contract/plugin.ts";
import { describeInexact, isExact } from "@/lib/core/exact-json.ts";
import {
  MAX_VALUE_DEPTH,
  NOT_A_MAP,
  toPlace,
  TOO_DEEP,
  unreadable,
  type Place,
  type TextReading,
} from "./text-reading.ts";

/** What is refused about a document that the parser itself would take. */
class Refusal extends Error {
  readonly code: string;
  readonly offset: number;
  readonly fix: string;

  constructor(offset: number, code: string, message: string, fix: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.fix = fix;
  }
}

/**
 * YAML text → explicit values. Only what JSON can say: anchors, tags, merge keys, duplicate keys and numbers that would not
 * survive are refused where they stand. An empty document sets nothing.
 */
export function readYaml(text: string): TextReading {
  try {
    return new Reader(text).read();
  } catch (error) {
    if (error instanceof Refusal) return unreadable(text, error.offset, error);
    if (!(error instanceof YAMLException)) throw error;
    const offset = error.mark?.position ?? 0;
    if (error.reason.includes("maxDepth")) return unreadable(text, offset, TOO_DEEP);
    return unreadable(text, offset, {
      code: "invalid_yaml",
      message: `This is not YAML yet: ${error.reason}.`,
      fix: "Check indentation, colons, quotes and brackets on this line and the one above it.",
    });
  }
}

/** Not the hexadecimal and octal spellings, whose digits are counted otherwise. */
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/** Reads the parser's flat list of events once, from left to right. */
class Reader {
  readonly #text: string;
  readonly #events: Event[];
  readonly #places = new Map<string, Place>();
  readonly #keys = new Map<string, Place>();
  #next = 0;
  /** Where the last value with a place of its own stood: an empty one has none. */
  #last = 0;

  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, { maxDepth: MAX_VALUE_DEPTH });
  }

  read(): TextReading {
    const first = this.#take();
    if (first === undefined || this.#peek()?.type === EVENT_ID.POP) return this.#done({});
    const root = this.#peek();
    const offset = root && "start" in root ? root.start : 0;
    if (root?.type !== EVENT_ID.MAPPING) {
      const value = this.#value(0);
      if (value !== null) throw refuse(offset, NOT_A_MAP);
      return this.#done({});
    }
    const values = this.#value(0) as ConfigValues;
    this.#take();
    if (this.#peek() !== undefined) {
      throw new Refusal(
        this.#last,
        "several_documents",
        "The text holds more than one YAML document.",
        "Remove the --- and everything after it.",
      );
    }
    return this.#done(values);
  }

  #done(values: ConfigValues): TextReading {
    return { values, places: this.#places, keys: this.#keys, findings: [] };
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  #take(): Event | undefined {
    const event = this.#peek();
    this.#next += 1;
    return event;
  }

  #value(depth: number): Json {
    const event = this.#take();
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return null;
    this.#refuseReferences(event);
    if (event.type === EVENT_ID.SEQUENCE) return this.#list(depth);
    if (event.type === EVENT_ID.MAPPING) return this.#map(depth);
    return event.type === EVENT_ID.SCALAR ? this.#scalar(event) : null;
  }

  #list(depth: number): Json[] {
    const items: Json[] = [];
    while (this.#peek()?.type !== EVENT_ID.POP) items.push(this.#value(depth + 1));
    this.#take();
    return items;
  }

  #map(depth: number): Json {
    const entries = new Map<string, Json>();
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const name = this.#key(entries);
      if (depth === 0) {
        this.#keys.set(name, toPlace(this.#text, this.#last));
        this.#places.set(name, toPlace(this.#text, this.#placeOfNext()));
      }
      entries.set(name, this.#value(depth + 1));
    }
    this.#take();
    return Object.fromEntries(entries);
  }

  /** The value that comes next, or its key when the value begins on a line of its own. */
  #placeOfNext(): number {
    const next = this.#peek();
    if (next?.type !== EVENT_ID.SCALAR || next.valueStart === -1) return this.#last;
    const start = next.valueStart - (isQuoted(next) ? 1 : 0);
    return this.#text.slice(this.#last, start).includes("\n") ? this.#last : start;
  }

  #key(seen: ReadonlyMap<string, Json>): string {
    const event = this.#take();
    if (event?.type !== EVENT_ID.SCALAR) {
      throw new Refusal(
        this.#last,
        "invalid_key",
        "A name must be text.",
        "Write one plain name before the colon.",
      );
    }
    this.#refuseReferences(event);
    if (event.valueStart !== -1) this.#last = event.valueStart - (isQuoted(event) ? 1 : 0);
    const name = event.valueStart === -1 ? "" : getScalarValue(this.#text, event);
    const shown = name.slice(0, 100);
    if (name === "<<" && event.style === SCALAR_STYLE.PLAIN)
      throw new Refusal(
        this.#last,
        "merge_key",
        "Merge keys (<<) are not allowed in a configuration.",
        "Write the values out.",
      );
    if (name === "__proto__")
      throw new Refusal(this.#last, "forbidden_key", `${shown} is no name for a value.`, "Remove it.");
    if (seen.has(name))
      throw new Refusal(this.#last, "duplicate_key", `${shown} is given twice.`, "Keep one of them.");
    return name;
  }

  #scalar(event: Scalar): Json {
    if (event.valueStart === -1) return event.style === SCALAR_STYLE.PLAIN ? null : "";
    this.#last = event.valueStart;
    const text = getScalarValue(this.#text, event);
    if (event.style !== SCALAR_STYLE.PLAIN) return text;
    const { value } = CORE_SCHEMA.resolveImplicitScalarTag(text);
    if (typeof value === "number") return this.#number(text, value);
    return typeof value === "boolean" || typeof value === "string" ? value : null;
  }

  #number(text: string, value: number): number {
    if (!Number.isFinite(value) && !DECIMAL.test(text))
      throw new Refusal(
        this.#last,
        "invalid_number",
        `${text} is not a number that can be sent to a plugin.`,
        "Write an ordinary number, or put it in quotes.",
      );
    const literal = toJsonNumber(text);
    if (DECIMAL.test(text) ? !isExact(literal) : !Number.isSafeInteger(value))
      throw new Refusal(this.#last, "inexact_number", describeInexact(literal), "Put it in quotes.");
    return value;
  }

  #refuseReferences(event: Event): void {
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return;
    if (event.anchorStart !== -1)
      throw new Refusal(
        event.anchorStart,
        "anchor_or_alias",
        "Anchors (&) and aliases (*) are not allowed in a configuration.",
        "Write the value out where it is needed.",
      );
    if (event.type !== EVENT_ID.ALIAS && event.tagStart !== -1)
      throw new Refusal(
        event.tagStart,
        "tag",
        "YAML tags (!) are not allowed in a configuration.",
        "Remove the tag; put text in quotes.",
      );
  }
}

function refuse(offset: number, problem: { code: string; message: string; fix: string }): Refusal {
  return new Refusal(offset, problem.code, problem.message, problem.fix);
}

function isQuoted({ style }: Scalar): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
}

/** `+5`, `.5` and `5.` as JSON would spell them. */
function toJsonNumber(text: string): string {
  return text
    .replace(/^\+/, "")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.(?=e|$)/i, "");
}
