import { createParser } from "eventsource-parser";
import { AppError } from "../contract/error.ts";
import { formatBytes } from "../core/quantity.ts";
import { StrayLines } from "./stray-lines.ts";

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

/** Lengths are counted in UTF-16 units, of which a text never has more than bytes. Invalid UTF-8 becomes U+FFFD. */
export function createFrameParser(framing: Framing, maxFrameLength: number, subject: string): FrameParser {
  const refuse = () => frameTooLarge(maxFrameLength, subject);
  const createTextParser = framing === "sse" ? createEventParser : createJsonLineParser;
  const parser = createTextParser(maxFrameLength, refuse);
  const decoder = new TextDecoder("utf-8");
  return {
    push: (bytes) => parser.push(decoder.decode(bytes, { stream: true })),
    end: () => parser.end(decoder.decode()),
  };
}

/** A `FrameParser` of text, which may be cut anywhere. `end` takes what the decoder still had. */
interface TextParser {
  push(text: string): Frame[];
  end(text: string): Frame[];
}

/**
 * Server-sent events, framed by eventsource-parser. The cap is ours, because its `maxBufferSize` passes an event that arrives
 * in one piece, whatever its size. No `onError`: with it, the library makes an error with a stack for every line that is no field.
 */
function createEventParser(maxLength: number, refuse: () => AppError): TextParser {
  const lines = new StrayLines();
  let frames: Frame[] = [];
  let isClosed = true;
  /** Everything since the last event: finished and unfinished lines, comments too. */
  let pendingLength = 0;
  const parser = createParser({
    onEvent({ data, event }) {
      if (data.length >= maxLength) throw refuse();
      pendingLength = 0;
      frames.push({ data, event: event ?? null, isClosed });
    },
  });

  function feed(text: string): Frame[] {
    frames = [];
    pendingLength += text.length;
    parser.feed(text);
    if (pendingLength + lines.heldLength > maxLength) throw refuse();
    return frames;
  }

  return {
    push: (text) => feed(lines.push(text)),
    end(text) {
      const rest = lines.end(text);
      isClosed = false;
      // One line break ends the last line, the other the last event.
      return feed(`${rest}\n\n`);
    },
  };
}

/** One JSON document a line, which ends with LF or CRLF. */
function createJsonLineParser(maxLength: number, refuse: () => AppError): TextParser {
  let rest = "";
  const toFrames = (lines: string[], isClosed: boolean): Frame[] =>
    lines
      .filter((line) => line.trim() !== "")
      .map((line) => ({ data: line.endsWith("\r") ? line.slice(0, -1) : line, event: null, isClosed }));

  return {
    push(text) {
      const lines = text.split("\n");
      lines[0] = rest + (lines[0] ?? "");
      rest = lines.pop() ?? "";
      if (rest.length > maxLength || (lines[0]?.length ?? 0) > maxLength) throw refuse();
      return toFrames(lines, true);
    },
    end: (text) => toFrames([rest + text], false),
  };
}

function frameTooLarge(maxLength: number, subject: string): AppError {
  return new AppError(
    "plugin_response_too_large",
    `${subject} has a frame of more than ${formatBytes(maxLength)}.`,
    { hint: "Stream smaller pieces." },
  );
}
