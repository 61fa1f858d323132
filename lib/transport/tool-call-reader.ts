import type { ToolCallDelta } from "../contract/protocol.ts";
import { isJsonObject } from "../core/json-object.ts";

/** A call as far as it has come. */
interface Call {
  /** The service's own number of it, which several calls may share. */
  index: number | undefined;
  id: string;
  name: string;
  arguments: string;
  /** Whether `arguments` are complete; null until somebody asks. */
  isWhole: boolean | null;
}

/** Longest `arguments` that are looked at to see whether they are complete, UTF-16 units. */
const MAX_LOOKED_AT = 20_000;

/**
 * Tells the calls of one streamed answer apart (`protocol.md`, "What real services say"): a piece without `index` belongs to the last
 * call unless it brings a new `id`; a new `id` or a new name starts a new call even at a known index. What comes out has one `index`
 * for each call, its id and name once, and `arguments` as text.
 */
export class ToolCallReader {
  readonly #calls: Call[] = [];

  /** The pieces of one delta. Those that are no objects are left out. */
  read(pieces: readonly unknown[]): ToolCallDelta[] {
    const seen = new Set<Call>();
    return pieces.filter(isJsonObject).map((piece) => {
      const said = isJsonObject(piece["function"]) ? piece["function"] : {};
      const index = toIndex(piece["index"]);
      const [id, name] = [toText(piece["id"]), toText(said["name"])];
      const known = this.#find({ index, id, name, seen });
      const call = known ?? { index, id: "", name: "", arguments: "", isWhole: null };
      if (!known) this.#calls.push(call);
      seen.add(call);
      const text = toArguments(said["arguments"]);
      const first = { isNamed: call.name === "" && name !== "", hasId: call.id === "" && id !== "" };
      if (first.hasId) call.id = id;
      if (first.isNamed) call.name = name;
      if (text !== "" && call.arguments.length <= MAX_LOOKED_AT) {
        call.arguments += text;
        call.isWhole = null;
      }
      return {
        ...piece,
        index: this.#calls.indexOf(call),
        type: "function",
        id: first.hasId ? id : undefined,
        function: { ...said, name: first.isNamed ? name : undefined, arguments: text },
      };
    });
  }

  /** How many there are so far. */
  get count(): number {
    return this.#calls.length;
  }

  /** Pieces that give `{}` to every call that ended without arguments. */
  end(): ToolCallDelta[] {
    return this.#calls.flatMap((call, index) => {
      if (call.arguments.trim() !== "") return [];
      call.arguments = "{}";
      return [{ index, function: { arguments: "{}" } }];
    });
  }

  #find(piece: { index: number | undefined; id: string; name: string; seen: Set<Call> }): Call | undefined {
    const { index, id, name, seen } = piece;
    const same = this.#calls.findLast((call) => id !== "" && call.id === id && agrees(call, index, name));
    if (same) return same;
    const near =
      index === undefined ? this.#calls.at(-1) : this.#calls.findLast((call) => call.index === index);
    if (!near) return undefined;
    // An id that comes late, to a call whose number it names.
    if (id !== "")
      return index !== undefined && near.id === "" && (name === "" || near.name === "") ? near : undefined;
    if (name === "" || near.name === "") return near;
    const repeats =
      near.name === name &&
      !(near.isWhole ??= isWhole(near.arguments)) &&
      !(index === undefined && seen.has(near));
    return repeats ? near : undefined;
  }
}

/** Some give every call the same id: it counts only where nothing speaks against it. */
function agrees(call: Call, index: number | undefined, name: string): boolean {
  const isIndex = index === undefined || call.index === undefined || call.index === index;
  return isIndex && (name === "" || call.name === "" || call.name === name);
}

/** The calls of a whole answer: each entry is one. */
export function readWholeCalls(entries: readonly unknown[]): ToolCallDelta[] {
  return entries.filter(isJsonObject).map((entry, index) => {
    const said = isJsonObject(entry["function"]) ? entry["function"] : {};
    const text = toArguments(said["arguments"]);
    return {
      ...entry,
      index,
      id: toText(entry["id"]) || undefined,
      type: "function",
      function: { ...said, name: toText(said["name"]), arguments: text.trim() === "" ? "{}" : text },
    };
  });
}

function toIndex(value: unknown): number | undefined {
  const index = typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : value;
  return typeof index === "number" && Number.isSafeInteger(index) && index >= 0 ? index : undefined;
}

function toText(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value === "string" ? value : "";
}

/** Some services send the object itself where the protocol has its text. */
function toArguments(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

function isWhole(text: string): boolean {
  if (text.length > MAX_LOOKED_AT || !text.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
