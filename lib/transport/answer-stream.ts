import { isAppError } from "../contract/error.ts";
import { decodeBody, responseTooLarge } from "../egress/byte-cap.ts";
import type { Call } from "./call.ts";
import { slowChat, truncated } from "./chat-stream.ts";
import { createFrameParser, type Frame, type FrameParser, type Framing } from "./frames.ts";
import { PIECE_COST, type Caps, type Timeouts } from "./limits.ts";
import type { Reading } from "./reading.ts";
import type { Incoming } from "./wire.ts";

/** What an answer that arrives piece by piece is measured against. */
export interface StreamContext {
  timeouts: Pick<Timeouts, "firstByteMs" | "idleMs" | "totalMs" | "tailMs">;
  caps: Pick<Caps, "chat" | "stream" | "event">;
  label: string;
}

/** One answer under way: its abort, and how far it has come. */
export interface Progress {
  call: Call;
  /** Lifts the limit on the first byte. */
  onFirstByte: () => void;
  /** True once everything necessary has arrived: what still comes is welcome. */
  isComplete: () => boolean;
}

/**
 * How an answer is framed: as its media type says, else as it begins, for some send a stream of events under another type, which
 * leaves a warning. Undefined for what is no stream. What was looked at is read again by the next read.
 */
export async function findFraming(
  bytes: PatientReader,
  { mediaType }: Incoming,
  reading: Reading,
): Promise<Framing | undefined> {
  const declared = FRAMINGS[mediaType];
  if (declared) return declared;
  const start = new TextDecoder().decode(await bytes.peek(FIELD_LENGTH)).trimStart();
  if (!/^(?:data|event|id|retry|error)?:/.test(start)) return undefined;
  reading.warnings.push(
    `the content type of the stream is ${mediaType || "missing"}: text/event-stream is expected`,
  );
  return "sse";
}

/** Enough of an answer to see the first field of an event, in bytes after white space. */
const FIELD_LENGTH = 6;

const FRAMINGS: Record<string, Framing | undefined> = {
  "text/event-stream": "sse",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "application/x-jsonlines": "ndjson",
  "application/stream+json": "ndjson",
};

/** Sets the limits of one answer on its call. `step` is what is asked: `POST /chat/completions`. */
export function beginAnswer(
  { timeouts, label }: StreamContext,
  step: string,
  call: Call,
  isComplete: () => boolean,
): Progress {
  const { totalMs, firstByteMs } = timeouts;
  call.limit(totalMs, () => slowChat(`${label} was still answering`, totalMs));
  const onFirstByte = call.limit(firstByteMs, () =>
    slowChat(`${label} had not begun to answer ${step}`, firstByteMs),
  );
  return { call, onFirstByte, isComplete };
}

/**
 * The bytes of one answer, as fast as they are wanted and with a limit on silence while we wait for them. A consumer that
 * takes its time costs nothing. Once the answer is complete, silence and a broken connection are simply its end.
 * Whoever leaves early ends the call, which destroys the socket.
 */
export class PatientReader {
  readonly #context: StreamContext;
  readonly #subject: string;
  readonly #progress: Progress;
  readonly #source: AsyncIterator<Uint8Array>;
  /** More decoded bytes are `plugin_response_too_large`: those of one document, until it turns out to be a stream. */
  #cap: number;
  #hasBegun = false;
  #size = 0;
  /** Read already, and to be read again. */
  #ahead: Uint8Array = NO_BYTES;

  constructor(context: StreamContext, { response, subject }: Incoming, progress: Progress) {
    this.#context = context;
    this.#subject = subject;
    this.#cap = context.caps.chat;
    this.#progress = progress;
    this.#source = decodeBody(response, subject)[Symbol.asyncIterator]();
  }

  /** What has arrived, or undefined at the end of the answer; not to be called again then, nor before the last call has settled. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#ahead.length === 0) return this.#readSource();
    const bytes = this.#ahead;
    this.#ahead = NO_BYTES;
    return bytes;
  }

  /** The beginning of the answer, at least `length` bytes after its white space unless it ends before. */
  async peek(length: number): Promise<Uint8Array> {
    while (countInk(this.#ahead) < length && this.#ahead.length < MAX_PEEK) {
      const bytes = await this.#readSource();
      if (bytes === undefined) break;
      this.#ahead = Buffer.concat([this.#ahead, bytes]);
    }
    return this.#ahead;
  }

  /** Counts so many bytes more against the cap. */
  charge(bytes: number): void {
    this.#size += bytes;
  }

  /** From now on it is a stream, with the cap of one. */
  startStream(): void {
    this.#cap = this.#context.caps.stream;
  }

  async #readSource(): Promise<Uint8Array | undefined> {
    const { call, isComplete } = this.#progress;
    const lift = this.#limitSilence();
    try {
      const next = await call.race(() => this.#source.next());
      return next.done === true ? undefined : this.#count(next.value);
    } catch (error) {
      if (isComplete()) return undefined;
      if (call.signal.aborted) throw call.signal.reason;
      throw isAppError(error) ? error : truncated(this.#subject, error);
    } finally {
      lift();
    }
  }

  /** Everything up to the end of the answer. */
  async readAll(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let bytes = await this.read(); bytes; bytes = await this.read()) parts.push(bytes);
    return Buffer.concat(parts);
  }

  /** The first byte has a limit of its own, which runs since the question was sent. */
  #limitSilence(): () => void {
    const { call, onFirstByte, isComplete } = this.#progress;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      return onFirstByte;
    }
    const { timeouts, label } = this.#context;
    const quietMs = isComplete() ? timeouts.tailMs : timeouts.idleMs;
    return call.limit(quietMs, () => slowChat(`${label} fell silent in the middle of its answer`, quietMs));
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#size += bytes.length;
    if (this.#size > this.#cap) throw responseTooLarge(this.#size, this.#cap, this.#subject);
    return bytes;
  }
}

const NO_BYTES = new Uint8Array();

/** White space before an answer that is looked through for its beginning, bytes. */
const MAX_PEEK = 4_096;

function countInk(bytes: Uint8Array): number {
  const start = bytes.findIndex((byte) => byte > 0x20);
  return start === -1 ? 0 : bytes.length - start;
}

/** The frames of a streamed answer, read as `PatientReader` reads. */
export class FrameReader {
  readonly #bytes: PatientReader;
  readonly #parser: FrameParser;
  #hasEnded = false;

  constructor(bytes: PatientReader, framing: Framing, maxFrameLength: number, subject: string) {
    bytes.startStream();
    this.#bytes = bytes;
    this.#parser = createFrameParser(framing, maxFrameLength, subject);
  }

  /** The frames that the next bytes complete, perhaps none; undefined after the last. */
  async next(): Promise<Frame[] | undefined> {
    if (this.#hasEnded) return undefined;
    const bytes = await this.#bytes.read();
    if (bytes) {
      const frames = this.#parser.push(bytes);
      this.#bytes.charge(frames.length * PIECE_COST);
      return frames;
    }
    this.#hasEnded = true;
    return this.#parser.end();
  }
}
