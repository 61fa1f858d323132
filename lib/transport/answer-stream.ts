import { isAppError } from "../contract/error.ts";
import { readDecoded } from "../egress/byte-cap.ts";
import type { Call } from "./call.ts";
import { slowChat, truncated } from "./chat-stream.ts";
import { createFrameParser, type Frame, type Framing } from "./frames.ts";
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

/** The frames of a streamed answer, read as `readPatiently` reads. */
export async function* readFrames(
  context: StreamContext,
  incoming: Incoming,
  framing: Framing,
  progress: Progress,
): AsyncGenerator<Frame> {
  const { caps } = context;
  const parser = createFrameParser(framing, caps.event, incoming.subject);
  for await (const bytes of readPatiently(context, incoming, caps.stream, progress))
    yield* parser.push(bytes);
  yield* parser.end();
}

/**
 * The bytes of an answer as fast as they are wanted, with a limit on silence while we wait for them. A consumer that
 * takes its time costs nothing. Once the answer is complete, silence and a broken connection are simply its end.
 */
export async function* readPatiently(
  { timeouts, label }: StreamContext,
  incoming: Incoming,
  cap: number,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  const { call, isComplete } = progress;
  const source = readDecoded(incoming.response, cap, incoming.subject);
  let silence = progress.onFirstByte;
  try {
    for (;;) {
      const next = await call.race(() => source.next());
      silence();
      if (next.done === true) return;
      yield next.value;
      const quietMs = isComplete() ? timeouts.tailMs : timeouts.idleMs;
      silence = call.limit(quietMs, () =>
        slowChat(`${label} fell silent in the middle of its answer`, quietMs),
      );
    }
  } catch (error) {
    if (isComplete()) return;
    if (call.signal.aborted) throw call.signal.reason;
    throw isAppError(error) ? error : truncated(incoming.subject, error);
  } finally {
    silence();
  }
}
