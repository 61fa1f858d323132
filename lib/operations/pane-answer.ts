import type { RunEvent, RunStats, SentReasoning } from "../contract/playground.ts";
import type { ChatChunk, ChatDelta, ContentPart, Model, Usage } from "../contract/protocol.ts";
import { createToolCalls } from "../core/chat-content.ts";
import type { Clock } from "../core/clock.ts";
import { toRunStats, type RunMarks } from "../core/run-stats.ts";

/** What one chunk adds for the reader. */
export type PaneWords = Pick<Extract<RunEvent, { text: string }>, "type" | "text">;

/** How much of a service's own reasoning is kept to be sent back: entries, and UTF-16 units of text. */
const MAX_DETAILS = 1_000;
const MAX_REASONING = 1_000_000;

/** One answer as it arrives: its text, its end, its numbers. */
export class PaneAnswer {
  readonly #clock: Clock;
  readonly #marks: Omit<RunMarks, "endedMs">;
  readonly #toolCalls = createToolCalls();
  readonly #notes = new Set<string>();
  readonly #images: ContentPart[] = [];
  readonly #details: unknown[] = [];
  #reasoning = "";
  #reasoningField: string | null = null;
  #finishReason: string | null = null;

  constructor(clock: Clock, model: Model | null) {
    this.#clock = clock;
    this.#marks = { startedMs: clock.monotonic(), firstTextMs: null, pieces: 0, usage: null, model };
  }

  /** Returns the words of the chunk, perhaps none. */
  add(chunk: ChatChunk): PaneWords[] {
    const [choice] = chunk.choices;
    const usage: Usage | null | undefined = chunk.usage;
    if (usage) this.#marks.usage = usage;
    for (const note of chunk.notes ?? []) this.#notes.add(note);
    if (choice?.finish_reason) this.#finishReason = choice.finish_reason;
    const words = choice?.delta ? this.#readDelta(choice.delta) : [];
    if (words.length > 0) {
      this.#marks.firstTextMs ??= this.#clock.monotonic();
      this.#marks.pieces++;
    }
    return words;
  }

  end() {
    const toolCalls = this.#toolCalls.list();
    const sentReasoning = this.#toSentReasoning();
    return {
      finishReason: this.#finishReason ?? "stop",
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
      ...(this.#images.length === 0 ? {} : { images: this.#images }),
      ...(sentReasoning === null ? {} : { sentReasoning }),
      ...(this.#notes.size === 0 ? {} : { notes: [...this.#notes] }),
    };
  }

  /** Up to now. */
  stats(): RunStats {
    return toRunStats({ ...this.#marks, endedMs: this.#clock.monotonic() });
  }

  #readDelta(delta: ChatDelta): PaneWords[] {
    const { content, reasoning_content: reasoning, refusal, images = [], reasoning_details: details } = delta;
    this.#toolCalls.add(delta.tool_calls);
    this.#images.push(...images);
    if (details) this.#details.push(...details.slice(0, MAX_DETAILS - this.#details.length));
    if (reasoning) this.#keepReasoning(reasoning, delta.reasoning_field);
    const words: Array<PaneWords | null> = [
      reasoning ? { type: "reasoning", text: reasoning } : null,
      content ? { type: "delta", text: content } : null,
      refusal ? { type: "refusal", text: refusal } : null,
    ];
    return words.filter((one) => one !== null);
  }

  #keepReasoning(text: string, field: string | undefined): void {
    if (field === undefined) return;
    this.#reasoningField = field;
    this.#reasoning = (this.#reasoning + text).slice(0, MAX_REASONING);
  }

  /** Null where the service gave its reasoning in no field of its own: it does not want it back. */
  #toSentReasoning(): SentReasoning | null {
    const details = this.#details.length === 0 ? {} : { reasoning_details: this.#details };
    const field = this.#reasoningField;
    const isField = field === "reasoning_content" || field === "reasoning" || field === "thinking";
    const sent: SentReasoning = { ...details, ...(isField ? { [field]: this.#reasoning } : {}) };
    return Object.keys(sent).length === 0 ? null : sent;
  }
}
