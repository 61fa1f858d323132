/** A text and the reasoning that stood before it. */
export interface Thought {
  reasoning: string;
  content: string;
}

const OPEN = ["<think>", "<thinking>"] as const;
const CLOSE: Readonly<Record<string, string>> = { "<think>": "</think>", "<thinking>": "</thinking>" };

/**
 * Splits a leading `<think>…</think>` from an answer that arrives in pieces cut anywhere. Anything else, a tag further on too, is
 * content. What may still become a tag is held back, at most its length.
 */
export class ThinkTagSplitter {
  /** Before the answer has begun, within its reasoning, on the white space after it, in the answer itself. */
  #state: "start" | "inside" | "after" | "content" = "start";
  #close = "";
  #held = "";

  push(text: string): Thought {
    if (this.#state === "content") return { reasoning: "", content: text };
    const all = this.#held + text;
    this.#held = "";
    if (this.#state === "start") return this.#begin(all);
    if (this.#state === "inside") return this.#think(all);
    return this.#resume(all);
  }

  /** What is held back when the answer ends. */
  end(): Thought {
    const held = this.#held;
    this.#held = "";
    const isReasoning = this.#state === "inside";
    return isReasoning ? { reasoning: held, content: "" } : { reasoning: "", content: held };
  }

  #begin(text: string): Thought {
    const start = text.trimStart();
    const tag = OPEN.find((one) => start.startsWith(one));
    if (tag !== undefined) {
      this.#state = "inside";
      this.#close = CLOSE[tag] ?? "";
      return this.#think(start.slice(tag.length).replace(/^\r?\n/, ""));
    }
    if (OPEN.some((one) => one.startsWith(start)) && text.length <= MAX_HELD) {
      this.#held = text;
      return NOTHING;
    }
    this.#state = "content";
    return { reasoning: "", content: text };
  }

  #think(text: string): Thought {
    const end = text.indexOf(this.#close);
    if (end < 0) {
      const held = overlapOf(text, this.#close);
      this.#held = text.slice(text.length - held);
      return { reasoning: text.slice(0, text.length - held), content: "" };
    }
    this.#state = "after";
    const { content } = this.#resume(text.slice(end + this.#close.length));
    return { reasoning: text.slice(0, end), content };
  }

  #resume(text: string): Thought {
    const content = text.trimStart();
    if (content !== "") this.#state = "content";
    return { reasoning: "", content };
  }
}

const NOTHING: Thought = { reasoning: "", content: "" };

/** White space before an answer that is waited through for a tag, UTF-16 units. */
const MAX_HELD = 64;

/** How many of the last characters of `text` begin `tag`. */
function overlapOf(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
