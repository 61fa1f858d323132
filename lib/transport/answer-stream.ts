import { isAppError } from "../contract/error.ts";
import { decodeBody, responseTooLarge } from "../egress/byte-cap.ts";
import type { Call } from "./call.ts";
import { slowChat, truncated } from "./chat-stream.ts";
import { createFrameParser, type Frame, type FrameParser, type Framing } from "./frames.ts";
import type { Caps, Timeouts } from "./limits.ts";
import type { Incoming } from "./wire.ts";

/** What an answer that arrives piece by piece is measured against. */
export interface StreamContext {
  timeouts: Pick<Timeouts, "firstByteMs" | "idleMs" | "totalMs" | "tailMs">;
  caps: Pick<Caps, "stream" | "event">;
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

/** How a streamed answer of this media type is framed; undefined for what is no stream. */
export function framingOf({ mediaType }: Incoming): Framing | undefined {
  return FRAMINGS[mediaType];
}

const FRAMINGS: Record<string, Framing | undefined> = {
  "text/event-stream": "sse",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
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
  readonly #cap: number;
  readonly #progress: Progress;
  readonly #source: AsyncIterator<Uint8Array>;
  #hasBegun = false;
  #size = 0;

  /** More than `cap` decoded bytes are `plugin_response_too_large`. */
  constructor(context: StreamContext, { response, subject }: Incoming, cap: number, progress: Progress) {
    this.#context = context;
    this.#subject = subject;
    this.#cap = cap;
    this.#progress = progress;
    this.#source = decodeBody(response, subject)[Symbol.asyncIterator]();
  }

  /** What has arrived, or undefined at the end of the answer; not to be called again then, nor before the last call has settled. */
  async read(): Promise<Uint8Array | undefined> {
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

/** The frames of a streamed answer, read as `PatientReader` reads. */
export class FrameReader {
  readonly #bytes: PatientReader;
  readonly #parser: FrameParser;
  #hasEnded = false;

  constructor(context: StreamContext, incoming: Incoming, framing: Framing, progress: Progress) {
    this.#bytes = new PatientReader(context, incoming, context.caps.stream, progress);
    this.#parser = createFrameParser(framing, context.caps.event, incoming.subject);
  }

  /** The frames that the next bytes complete, perhaps none; undefined after the last. */
  async next(): Promise<Frame[] | undefined> {
    if (this.#hasEnded) return undefined;
    const bytes = await this.#bytes.read();
    if (bytes) return this.#parser.push(bytes);
    this.#hasEnded = true;
    return this.#parser.end();
  }
}
