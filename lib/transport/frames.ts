import { AppError } from "../contract/error.ts";
import { formatBytes } from "../core/quantity.ts";

/** How a streamed answer is framed. */
export type Framing = "sse" | "ndjson";

/** One frame of a stream. */
export interface Frame {
  data: string;
  /** The SSE event name, when there was one. */
  event: string | null;
  /** False when the stream ended before the frame was closed: its data may be cut. */
  isClosed: boolean;
}

/** Turns the bytes of one stream into frames, piece by piece. Throws `plugin_response_too_large` for a frame above the cap. */
export interface FrameParser {
  /** The frames that these bytes complete. Keeps what is left for the next call. */
  push(bytes: Uint8Array): Frame[];
  /** What is left at the end of the stream: at most one frame, which may be whole or cut. */
  end(): Frame[];
}

export function createFrameParser(framing: Framing, maxFrameLength: number, subject: string): FrameParser {
  const refuse = () => frameTooLarge(maxFrameLength, subject);
  const lines = createLineSplitter(maxFrameLength, refuse);
  const assembler =
    framing === "sse" ? createEventAssembler(maxFrameLength, refuse) : createJsonLineAssembler();
  return {
    push(bytes) {
      const frames: Frame[] = [];
      for (const line of lines.push(bytes)) assembler.line(line, true, frames);
      return frames;
    },
    end() {
      const frames: Frame[] = [];
      const last = lines.end();
      if (last !== "") assembler.line(last, false, frames);
      assembler.end(frames);
      return frames;
    },
  };
}

/** Gets lines and appends the frames they complete. */
interface Assembler {
  line(text: string, isClosed: boolean, frames: Frame[]): void;
  end(frames: Frame[]): void;
}

function createJsonLineAssembler(): Assembler {
  return {
    line(text, isClosed, frames) {
      if (text.trim() !== "") frames.push({ data: text, event: null, isClosed });
    },
    end: () => undefined,
  };
}

/** Server-sent events: everything but `data` and `event` is skipped, comments too. */
function createEventAssembler(maxLength: number, refuse: () => AppError): Assembler {
  let data: string[] = [];
  let length = 0;
  let event: string | null = null;

  function finish(isClosed: boolean, frames: Frame[]): void {
    if (data.length > 0) frames.push({ data: data.join("\n"), event, isClosed });
    data = [];
    length = 0;
    event = null;
  }

  return {
    line(text, _isClosed, frames) {
      if (text === "") return finish(true, frames);
      const { field, value } = splitField(text);
      if (field === "event") event = value;
      if (field !== "data") return;
      length += value.length + 1;
      if (length > maxLength) throw refuse();
      data.push(value);
    },
    end: (frames) => finish(false, frames),
  };
}

/** `data: x` and `data:x` are the same; a line that starts with a colon is a comment: its field has no name. */
function splitField(line: string): { field: string; value: string } {
  const colon = line.indexOf(":");
  if (colon === -1) return { field: line, value: "" };
  const start = line[colon + 1] === " " ? colon + 2 : colon + 1;
  return { field: line.slice(0, colon), value: line.slice(start) };
}

/** UTF-8 bytes → lines without their LF or CRLF. Characters may be cut anywhere between two pieces. */
function createLineSplitter(maxLength: number, refuse: () => AppError) {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  const trim = (line: string) => (line.endsWith("\r") ? line.slice(0, -1) : line);

  return {
    push(bytes: Uint8Array): string[] {
      const lines = decoder.decode(bytes, { stream: true }).split("\n");
      lines[0] = rest + (lines[0] ?? "");
      rest = lines.pop() ?? "";
      if (rest.length > maxLength || (lines[0]?.length ?? 0) > maxLength) throw refuse();
      return lines.map(trim);
    },
    /** The unfinished last line, or "". */
    end: (): string => trim(rest + decoder.decode()),
  };
}

/** Lengths are counted in UTF-16 units, of which a text never has more than bytes. */
function frameTooLarge(maxLength: number, subject: string): AppError {
  return new AppError(
    "plugin_response_too_large",
    `${subject} has a frame of more than ${formatBytes(maxLength)}.`,
    { hint: "Stream smaller pieces." },
  );
}
