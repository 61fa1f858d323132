import { AppError } from "../contract/error.ts";
import { formatBytes } from "./limits.ts";

/** How a streamed answer is framed. */
export type Framing = "sse" | "ndjson";

/** One frame of a stream; `event` is the SSE event name, when there was one. */
export interface Frame {
  data: string;
  event: string | null;
  /** False when the stream ended before the frame was closed: its data may be cut. */
  isClosed: boolean;
}

/**
 * Splits the bytes of a stream into frames. `maxEventBytes` caps one frame, whatever its lines.
 * A last frame without its closing blank line is delivered too: whether it is whole is for the reader of its JSON to say.
 */
export async function* readFrames(
  bytes: AsyncIterable<Uint8Array>,
  framing: Framing,
  maxEventBytes: number,
  subject: string,
): AsyncGenerator<Frame> {
  const lines = readLines(bytes, maxEventBytes, subject);
  if (framing === "sse") yield* readEvents(lines, maxEventBytes, subject);
  else yield* readJsonLines(lines);
}

async function* readJsonLines(lines: AsyncIterable<Line>): AsyncGenerator<Frame> {
  for await (const { text, isClosed } of lines) {
    if (text.trim() !== "") yield { data: text, event: null, isClosed };
  }
}

async function* readEvents(
  lines: AsyncIterable<Line>,
  maxEventBytes: number,
  subject: string,
): AsyncGenerator<Frame> {
  let data: string[] = [];
  let size = 0;
  let event: string | null = null;
  for await (const { text } of lines) {
    if (text === "") {
      if (data.length > 0) yield { data: data.join("\n"), event, isClosed: true };
      data = [];
      size = 0;
      event = null;
      continue;
    }
    const { field, value } = splitField(text);
    if (field === "event") event = value;
    if (field !== "data") continue;
    size += value.length + 1;
    if (size > maxEventBytes) throw eventTooLarge(maxEventBytes, subject);
    data.push(value);
  }
  if (data.length > 0) yield { data: data.join("\n"), event, isClosed: false };
}

/** `data: x` and `data:x` are the same; a line that starts with a colon is a comment and has the field "". */
function splitField(line: string): { field: string; value: string } {
  const colon = line.indexOf(":");
  if (colon === -1) return { field: line, value: "" };
  const value = line.slice(colon + 1);
  return { field: line.slice(0, colon), value: value.startsWith(" ") ? value.slice(1) : value };
}

interface Line {
  text: string;
  /** False for a last line without its line end. */
  isClosed: boolean;
}

const NEWLINE = 0x0a;

/** Lines without their LF or CRLF, decoded as UTF-8; an unfinished last line counts. A leading byte order mark is dropped. */
async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  subject: string,
): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const decoder = new TextDecoder("utf-8");
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      if (size + end - start > maxLineBytes) throw eventTooLarge(maxLineBytes, subject);
      yield { text: toLine([...pieces, chunk.subarray(start, end)], decoder), isClosed: true };
      pieces = [];
      size = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > maxLineBytes) throw eventTooLarge(maxLineBytes, subject);
  }
  if (pieces.length > 0) yield { text: toLine(pieces, decoder), isClosed: false };
}

function toLine(pieces: Uint8Array[], decoder: TextDecoder): string {
  const line = decoder.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function eventTooLarge(maxBytes: number, subject: string): AppError {
  return new AppError(
    "plugin_response_too_large",
    `${subject} has a frame of more than ${formatBytes(maxBytes)}.`,
    {
      hint: "Stream smaller pieces.",
    },
  );
}
