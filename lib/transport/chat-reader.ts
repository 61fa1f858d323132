import { AppError } from "../contract/error.ts";
import { ChatChunk, ChatResponse, type ToolCallDelta } from "../contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import { readSaid, REASONING_FIELDS, type Said } from "./content-parts.ts";
import { isChatComplaint } from "./plugin-fault.ts";
import {
  conform,
  invalidResponse,
  LIST_CAPS,
  nameOf,
  requireFew,
  requireObject,
  type Reading,
} from "./reading.ts";
import type { Redaction, StreamRedaction } from "./redaction.ts";
import { ThinkTagSplitter } from "./think-tag.ts";
import { readWholeCalls, ToolCallReader } from "./tool-call-reader.ts";

export interface ChatReaderOptions {
  reading: Reading;
  /** Of what the answer holds; absent for an answer that is clean already. */
  redaction?: Redaction | undefined;
  /** The error that an object inside the answer describes. */
  toFault(this: void, body: unknown): AppError;
}

/**
 * Reads one chat answer, streamed or whole, whatever carried it, as kindly as `protocol.md` asks under "What real services say": every
 * transport uses it, so plugins and the services behind built-ins are understood alike. What comes out has text as `content`, words
 * beside it as `reasoning_content` (with the service's own name for it in `reasoning_field`), `refusal`, `images`, and calls that are
 * told apart by `index`.
 */
export class ChatReader {
  readonly #options: ChatReaderOptions;
  readonly #choices = new Map<number, ChoiceReader>();
  #isComplete = false;
  #hasFinish = false;

  constructor(options: ChatReaderOptions) {
    this.#options = options;
  }

  /** True once a finish_reason or the plugin's own `done` has arrived. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * One frame of a streamed answer, or a whole document that stands for one. Throws the error that it reports,
   * `plugin_invalid_response`, `plugin_response_too_large`, or `plugin_empty_response` for an end without anything before it.
   */
  chunk(value: unknown): ChatChunk {
    const { reading, toFault } = this.#options;
    if (isChatComplaint(value)) throw toFault(value);
    const chunk = this.#open(value);
    const choices = requireChoices(chunk, reading);
    requireFew(choices.length, LIST_CAPS.choices, "choices", reading);
    const read = choices.filter(isJsonObject).map((choice, position) => this.#readChoice(choice, position));
    const isDone = chunk["done"] === true;
    if (isDone) this.#requireWords();
    this.#isComplete ||= isDone || this.#hasFinish;
    return this.#close({ ...chunk, choices: isDone ? this.#withRest(read, true) : read });
  }

  /** A whole answer, as one chunk that ends the stream. Throws as `chunk` does. */
  whole(value: unknown): ChatChunk {
    const { reading, toFault } = this.#options;
    if (isChatComplaint(value)) throw toFault(value);
    const answer = requireObject(value, "", reading);
    if (toList(answer["choices"]).length === 0) conform(ChatResponse, answer, "", reading);
    return this.chunk({ ...answer, done: true });
  }

  /** At the end of a stream: what was held back, null when that is nothing. Throws `plugin_empty_response`. */
  end(): ChatChunk | null {
    this.#requireWords();
    return this.#toLastChunk(true);
  }

  /** What was held back of an answer that broke off, null when that is nothing. */
  flush(): ChatChunk | null {
    return this.#toLastChunk(this.#isComplete);
  }

  #toLastChunk(isWhole: boolean): ChatChunk | null {
    const choices = this.#withRest([], isWhole);
    return choices.length === 0 ? null : this.#close({ choices });
  }

  /** The envelope, its usage and its scalars as the contract has them. */
  #open(value: unknown): JsonObject {
    const { reading } = this.#options;
    const { notes, ...chunk } = withRoundUsage(requireObject(value, "", reading));
    for (const key of ["id", "model", "object"]) if (!isText(chunk[key])) Reflect.deleteProperty(chunk, key);
    const said = toList(notes).filter(isText).slice(0, MAX_NOTES);
    reading.warnings.push(...said.map((note) => note.slice(0, MAX_NOTE_LENGTH)));
    return chunk;
  }

  #close(chunk: JsonObject): ChatChunk {
    const { reading } = this.#options;
    const notes = reading.warnings.splice(0);
    return conform(ChatChunk, notes.length === 0 ? chunk : { ...chunk, notes }, "", reading);
  }

  #readChoice(choice: JsonObject, position: number): JsonObject {
    const { toFault } = this.#options;
    if (choice["finish_reason"] === "error") {
      throw toFault(choice["error"] ?? { message: "The answer ended with the finish_reason “error”." });
    }
    const index = toChoiceIndex(choice["index"]) ?? position;
    const reader = this.#choices.get(index) ?? new ChoiceReader(this.#options);
    this.#choices.set(index, reader);
    const read = reader.read(choice);
    this.#hasFinish ||= reader.isFinished;
    return { ...read, index };
  }

  /** These choices with what was held back of each, and those that had nothing else to say. */
  #withRest(choices: JsonObject[], isWhole: boolean): JsonObject[] {
    const rest = new Map([...this.#choices].map(([index, choice]) => [index, choice.flush(isWhole)]));
    const joined = choices.map((choice) => {
      const delta = rest.get(Number(choice["index"]));
      rest.delete(Number(choice["index"]));
      const said = isJsonObject(choice["delta"]) ? choice["delta"] : {};
      return delta ? { ...choice, delta: joinDeltas(said, delta) } : choice;
    });
    const others = [...rest].flatMap(([index, delta]) => (delta ? [{ index, delta }] : []));
    return [...joined, ...others];
  }

  /** No answer ends well without having said anything, be it that there is nothing to say. */
  #requireWords(): void {
    if (this.#hasFinish || [...this.#choices.values()].some((choice) => choice.hasSaid)) return;
    const { subject } = this.#options.reading;
    throw new AppError(
      "plugin_empty_response",
      `${subject} ended without text, call, refusal, reasoning or finish_reason.`,
      {
        hint: "Look at the plugin's log: its provider may have failed. An answer that is empty on purpose has a finish_reason.",
      },
    );
  }
}

const MAX_NOTES = 10;
const MAX_NOTE_LENGTH = 300;

/** One of the answers that were asked for; there is hardly ever more than one. */
class ChoiceReader {
  readonly #reading: Reading;
  readonly #windows: Record<"content" | "reasoning" | "refusal", StreamRedaction | undefined>;
  readonly #callWindows = new Map<number, StreamRedaction>();
  readonly #redaction: Redaction | undefined;
  readonly #thinking = new ThinkTagSplitter();
  readonly #calls = new ToolCallReader();
  #hasReasoned = false;
  hasSaid = false;
  isFinished = false;

  constructor({ reading, redaction }: ChatReaderOptions) {
    this.#reading = reading;
    this.#redaction = redaction;
    this.#windows = {
      content: redaction?.stream(),
      reasoning: redaction?.stream(),
      refusal: redaction?.stream(),
    };
  }

  read(choice: JsonObject): JsonObject {
    const { message, delta, text, error: _error, ...rest } = choice;
    const isWhole = !isJsonObject(delta) && isJsonObject(message);
    const said = isJsonObject(delta)
      ? delta
      : isJsonObject(message)
        ? message
        : isText(text)
          ? { content: text }
          : {};
    const finish =
      isText(rest["finish_reason"]) && rest["finish_reason"] !== "" ? rest["finish_reason"] : null;
    const read = this.#readDelta(said, isWhole);
    // Some say it with every chunk: what is held back waits for the real end.
    if (finish !== null) this.isFinished = true;
    return { ...rest, delta: read, finish_reason: finish };
  }

  /** What is held back, at the end; null when that is nothing. Only in a whole answer is a call without arguments one that has none. */
  flush(isWhole: boolean): JsonObject | null {
    const { content, reasoning } = this.#split(this.#windows.content?.end() ?? "");
    const rest = this.#thinking.end();
    const calls = [...this.#callWindows].flatMap(([index, window]) => {
      const text = window.end();
      return text === "" ? [] : [{ index, function: { arguments: text } }];
    });
    const delta = compact({
      content: content + rest.content,
      reasoning_content: reasoning + rest.reasoning + (this.#windows.reasoning?.end() ?? ""),
      refusal: this.#windows.refusal?.end() ?? "",
      tool_calls: isWhole ? [...calls, ...this.#calls.end()] : calls,
    });
    return Object.keys(delta).length === 0 ? null : delta;
  }

  #readDelta(delta: JsonObject, isWhole: boolean): JsonObject {
    const said = readSaid(delta);
    // Details that come after the words repeat them.
    if (said?.reasoningField === "reasoning_details" && this.#hasReasoned) said.reasoning = "";
    else this.#hasReasoned ||= Boolean(said?.reasoningField);
    if (said === null) {
      const got = nameOf(delta["content"]);
      throw invalidResponse(
        this.#reading,
        "choices[0].delta.content",
        `expected a text or parts of one, received ${got}`,
      );
    }
    for (const type of said.unknown)
      this.#note(`a part of the answer is of the type ${type}, which is not shown`);
    const split = this.#split(pass(this.#windows.content, said.content));
    const calls = this.#readCalls(delta, said, isWhole);
    const read = {
      ...Object.fromEntries(Object.entries(delta).filter(([key]) => !READ_FIELDS.has(key))),
      ...compact({
        content: split.content,
        reasoning_content: split.reasoning + pass(this.#windows.reasoning, said.reasoning),
        refusal: pass(this.#windows.refusal, said.refusal),
        images: said.images,
        tool_calls: calls,
      }),
      ...(said.reasoningField === null || said.reasoning === ""
        ? {}
        : { reasoning_field: said.reasoningField }),
    };
    this.hasSaid ||= [said.content, said.reasoning, said.refusal].some((text) => text.trim() !== "");
    this.hasSaid ||= said.images.length > 0 || calls.length > 0;
    return read;
  }

  #split(text: string): { reasoning: string; content: string } {
    return text === "" ? { reasoning: "", content: "" } : this.#thinking.push(text);
  }

  /** `tool_calls`, the guide's older `function_call`, and calls that stood among the parts of the content. */
  #readCalls(delta: JsonObject, { calls }: Said, isWhole: boolean): ToolCallDelta[] {
    const call = delta["function_call"];
    const pieces = [
      ...toList(delta["tool_calls"]),
      ...calls,
      ...(isJsonObject(call) ? [{ index: 0, function: call }] : []),
    ];
    if (pieces.length === 0) return [];
    requireFew(pieces.length, LIST_CAPS.calls, "tool_calls", this.#reading);
    if (isWhole) return readWholeCalls(pieces);
    const read = this.#calls.read(pieces);
    requireFew(this.#calls.count, LIST_CAPS.calls, "tool_calls", this.#reading);
    return read.map((piece) => this.#redactCall(piece));
  }

  #redactCall(piece: ToolCallDelta): ToolCallDelta {
    if (!this.#redaction) return piece;
    const index = piece.index ?? 0;
    const window = this.#callWindows.get(index) ?? this.#redaction.stream();
    this.#callWindows.set(index, window);
    return {
      ...piece,
      function: { ...piece.function, arguments: window.push(piece.function?.arguments ?? "") },
    };
  }

  #note(text: string): void {
    if (!this.#reading.warnings.includes(text)) this.#reading.warnings.push(text);
  }
}

/** What is read of a delta, and comes out under the contract's names. */
const READ_FIELDS: ReadonlySet<string> = new Set([
  "content",
  ...REASONING_FIELDS,
  "reasoning_field",
  "refusal",
  "images",
  "tool_calls",
  "function_call",
]);

function pass(window: StreamRedaction | undefined, text: string): string {
  return window && text !== "" ? window.push(text) : text;
}

/** Without what says nothing. */
function compact(delta: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(delta).filter(
      ([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** One delta after another, as one. */
function joinDeltas(first: JsonObject, second: JsonObject): JsonObject {
  const joined = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = joined[key];
    if (Array.isArray(before) && Array.isArray(value)) joined[key] = (before as unknown[]).concat(value);
    else joined[key] = isText(before) && isText(value) ? before + value : value;
  }
  return joined;
}

function requireChoices(chunk: JsonObject, reading: Reading): unknown[] {
  const choices = chunk["choices"] ?? [];
  if (Array.isArray(choices)) return choices;
  throw invalidResponse(reading, "choices", `expected an array, received ${nameOf(choices)}`);
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function toChoiceIndex(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < LIST_CAPS.choices
    ? value
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

const USAGE_COUNTS = ["prompt_tokens", "completion_tokens", "total_tokens"] as const;

/** Unusable counts are unknown, never zero and never the end of an answer. */
function withRoundUsage(value: JsonObject): JsonObject {
  const usage = value["usage"];
  if (!isJsonObject(usage)) return "usage" in value ? { ...value, usage: undefined } : value;
  const counts = { ...usage };
  for (const key of USAGE_COUNTS) counts[key] = toCount(usage[key]);
  counts["cost_usd"] = toAmount(usage["cost_usd"]);
  return { ...value, usage: counts };
}

function toAmount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function toCount(value: unknown): number | undefined {
  const count = Math.round(toAmount(value) ?? -1);
  return count >= 0 && Number.isSafeInteger(count) ? count : undefined;
}
