/**
 * Event streams as some services write them, on their way to a parser of the standard, which leaves out what it does not know:
 * a line `error: …` (llama.cpp's server) becomes an event called error, and a bare JSON document (a proxy's refusal, or a whole
 * answer under the name of a stream) the data of an event. Everything else passes as it is. Text may be cut anywhere.
 */
export class StrayLines {
  #atLineStart = true;
  /** The beginning of a line that may be stray, or of a document. */
  #held = "";
  /** The document that `#held` is the beginning of. */
  #document: DocumentScan | null = null;

  /** UTF-16 units that are held back. */
  get heldLength(): number {
    return this.#held.length;
  }

  push(text: string): string {
    if (this.#held === "" && this.#passes(text)) return text;
    return this.#mend(text);
  }

  end(text: string): string {
    const mended = this.#mend(text);
    const rest = this.#held === "" ? "" : spell(this.#held);
    this.#held = "";
    this.#document = null;
    return mended + rest;
  }

  /** True, and remembers how it ends, for a text that holds no beginning of a stray line. */
  #passes(text: string): boolean {
    if ((this.#atLineStart && STRAY_START.test(text)) || STRAY_INSIDE.test(text)) return false;
    this.#advance(text);
    return true;
  }

  #mend(text: string): string {
    let mended = "";
    let rest = text;
    if (!this.#document) {
      rest = this.#held + text;
      this.#held = "";
    }
    while (rest !== "") {
      if (!this.#document && this.#atLineStart && /^[{[]/.test(rest)) this.#document = new DocumentScan();
      const length = this.#document ? this.#document.push(rest) : this.#lengthOfLine(rest);
      if (length === undefined) {
        this.#held += rest;
        break;
      }
      const part = this.#held + rest.slice(0, length);
      const isStray = this.#document !== null || (this.#atLineStart && part.startsWith("error:"));
      mended += isStray ? spell(part) : part;
      rest = rest.slice(length);
      this.#held = "";
      this.#document = null;
      if (isStray) this.#atLineStart = true;
      else this.#advance(part);
    }
    return mended;
  }

  /** Undefined for the beginning of a line that may be stray and is not over. */
  #lengthOfLine(text: string): number | undefined {
    const end = /\r\n|\r|\n/.exec(text);
    if (end) return end.index + end[0].length;
    if (text.length > MAX_LINE) return text.length;
    return this.#atLineStart && STRAY_START.test(text) ? undefined : text.length;
  }

  #advance(text: string): void {
    if (text !== "") this.#atLineStart = /[\r\n]$/.test(text);
  }
}

/** A longer line is taken as far as it is: looking for its end anew with every piece would take too long, UTF-16 units. */
const MAX_LINE = 16_384;

/** The beginning of a line that is stray, or may turn out to be. */
const STRAY_START = /^(?:[{[]|error:|e(?:r(?:r(?:o(?:r)?)?)?)?$)/;
const STRAY_INSIDE = /[\r\n](?:[{[]|error:|e(?:r(?:r(?:o(?:r)?)?)?)?$)/;

/** As the event that was meant. */
function spell(stray: string): string {
  const text = stray.trim();
  if (text.startsWith("error:")) return `event: error\ndata: ${text.slice("error:".length).trim()}\n\n`;
  if (!/^[{[]/.test(text)) return stray;
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${lines.join("")}\n`;
}

/** Finds the end of a JSON document that arrives in pieces. */
class DocumentScan {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** How much of `text` still belongs to it, or undefined when all of it does and more is to come. */
  push(text: string): number | undefined {
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === "\\") this.#isEscaped = this.#isInText;
      else if (character === '"') this.#isInText = !this.#isInText;
      else if (!this.#isInText && (character === "{" || character === "[")) this.#depth += 1;
      else if (!this.#isInText && (character === "}" || character === "]")) this.#depth -= 1;
      if (this.#depth === 0) return at + 1;
    }
    return undefined;
  }
}
