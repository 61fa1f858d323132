import { AppError, isAppError } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import { parseAnswer } from "./answer.ts";
import { readDecoded } from "./body.ts";
import { createCall, type Call } from "./call.ts";
import { endsAnswer, readChatFrame, slowChat, truncated } from "./chat-stream.ts";
import { createFrameParser, type Frame, type Framing } from "./frames.ts";
import { decodeUtf8 } from "./json-text.ts";
import { readWholeAnswer } from "./lenient-chat.ts";
import type { Caps, Timeouts } from "./limits.ts";
import { isComplaint, toPluginFault } from "./plugin-fault.ts";
import type { Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";
import { isSuccess, type Incoming, type Outgoing, type Wire } from "./wire.ts";

export interface ChatContext {
  wire: Wire;
  clock: Clock;
  timeouts: Timeouts;
  caps: Caps;
  redaction: Redaction;
  label: string;
}

const STEP = "POST /chat/completions";

/** One chat under way: its abort, and how far the answer has come. */
interface Progress {
  call: Call;
  /** Lifts the limit on the first byte. */
  onFirstByte: () => void;
  /** A finish_reason has arrived: what still comes is welcome and no longer necessary. */
  isComplete: boolean;
}

/** One chat, as `PluginClient.chat` promises. The socket is destroyed when the consumer leaves, at the latest. */
export async function* chatOverHttp(
  context: ChatContext,
  request: ChatRequest,
  signal?: AbortSignal,
): AsyncGenerator<ChatChunk> {
  const { wire, clock, timeouts, label } = context;
  const call = createCall(clock, signal);
  call.limit(timeouts.totalMs, () => slowChat(`${label} was still answering`, timeouts.totalMs));
  const onFirstByte = call.limit(timeouts.firstByteMs, () =>
    slowChat(`${label} had not begun to answer ${STEP}`, timeouts.firstByteMs),
  );
  try {
    const incoming = await wire.send(toOutgoing(request), call);
    if (!isSuccess(incoming)) throw wire.toReportedFault(incoming, await wire.readErrorText(incoming, call));
    const framing = FRAMINGS[incoming.mediaType];
    const progress: Progress = { call, onFirstByte, isComplete: false };
    if (framing === undefined) yield await readDocument(context, incoming, progress);
    else yield* readStream(context, incoming, framing, progress);
  } finally {
    call.cancel(new AppError("request_aborted", "The chat is over."));
    call.dispose();
  }
}

const FRAMINGS: Record<string, Framing | undefined> = {
  "text/event-stream": "sse",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
};

function toOutgoing(request: ChatRequest): Outgoing {
  const accept =
    request.stream === true ? "text/event-stream, application/x-ndjson, application/json" : undefined;
  return {
    method: "POST",
    path: "/chat/completions",
    body: JSON.stringify(request),
    ...(accept === undefined ? {} : { accept }),
  };
}

/** One JSON document, which becomes one chunk. */
async function readDocument(
  context: ChatContext,
  incoming: Incoming,
  progress: Progress,
): Promise<ChatChunk> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readPatiently(context, incoming, context.caps.chat, progress)) chunks.push(chunk);
  const text = decodeUtf8(Buffer.concat(chunks), incoming.subject);
  const reading = readingOf(incoming);
  const value = parseAnswer(text, incoming, reading, context.redaction);
  if (isComplaint(value)) throw context.wire.toReportedFault(incoming, text);
  return readWholeAnswer(value, reading);
}

async function* readStream(
  context: ChatContext,
  incoming: Incoming,
  framing: Framing,
  progress: Progress,
): AsyncGenerator<ChatChunk> {
  for await (const frame of readFrames(context, incoming, framing, progress)) {
    const event = readChatFrame(frame, readingOf(incoming), context.redaction);
    if (event.kind === "end") return;
    if (event.kind === "complaint") throw toStreamFault(context, event.body, frame.data);
    progress.isComplete ||= endsAnswer(event.chunk);
    yield event.chunk;
    if (event.chunk.done === true) return;
  }
  if (!progress.isComplete) throw truncated(incoming.subject);
}

async function* readFrames(
  context: ChatContext,
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
async function* readPatiently(
  context: ChatContext,
  incoming: Incoming,
  cap: number,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  const { timeouts, label } = context;
  const { call } = progress;
  const source = readDecoded(incoming.response, cap, incoming.subject);
  let silence = progress.onFirstByte;
  try {
    for (;;) {
      const next = await call.race(() => source.next());
      silence();
      if (next.done === true) return;
      yield next.value;
      const quietMs = progress.isComplete ? timeouts.tailMs : timeouts.idleMs;
      silence = call.limit(quietMs, () =>
        slowChat(`${label} fell silent in the middle of its answer`, quietMs),
      );
    }
  } catch (error) {
    if (progress.isComplete) return;
    if (call.signal.aborted) throw call.signal.reason;
    throw isAppError(error) ? error : truncated(incoming.subject, error);
  } finally {
    silence();
  }
}

function toStreamFault({ label, redaction, clock }: ChatContext, body: unknown, text: string): AppError {
  return toPluginFault({ label, step: STEP, body, text, nowMs: clock.now() }, redaction);
}

function readingOf({ subject }: Incoming): Reading {
  return { subject, warnings: [] };
}
