import { AppError } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import { joinBytes } from "../egress/byte-cap.ts";
import { parseAnswer } from "./answer.ts";
import { beginAnswer, framingOf, readFrames, readPatiently, type Progress } from "./answer-stream.ts";
import { createCall } from "./call.ts";
import { endsAnswer, readChatFrame, truncated } from "./chat-stream.ts";
import type { Framing } from "./frames.ts";
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

/** One chat, as `PluginClient.chat` promises. The socket is destroyed when the consumer leaves, at the latest. */
export async function* chatOverHttp(
  context: ChatContext,
  request: ChatRequest,
  signal?: AbortSignal,
): AsyncGenerator<ChatChunk> {
  const { wire, clock } = context;
  const call = createCall(clock, signal);
  const ending = { isComplete: false };
  const progress = beginAnswer(context, STEP, call, () => ending.isComplete);
  try {
    const incoming = await wire.send(toOutgoing(request), call);
    if (!isSuccess(incoming)) throw wire.toReportedFault(incoming, await wire.readErrorText(incoming, call));
    const framing = framingOf(incoming);
    if (framing === undefined) yield await readDocument(context, incoming, progress);
    else yield* readStream(context, incoming, framing, progress, ending);
  } finally {
    call.cancel(new AppError("request_aborted", "The chat is over."));
    call.dispose();
  }
}

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
  const bytes = await joinBytes(readPatiently(context, incoming, context.caps.chat, progress));
  const text = decodeUtf8(bytes, incoming.subject);
  const reading = readingOf(incoming);
  const value = parseAnswer(text, incoming, reading, context.redaction);
  if (isComplaint(value)) throw context.wire.toReportedFault(incoming, text);
  return readWholeAnswer(value, reading);
}

/** `ending.isComplete` is set once a finish_reason has arrived. */
async function* readStream(
  context: ChatContext,
  incoming: Incoming,
  framing: Framing,
  progress: Progress,
  ending: { isComplete: boolean },
): AsyncGenerator<ChatChunk> {
  for await (const frame of readFrames(context, incoming, framing, progress)) {
    const event = readChatFrame(frame, readingOf(incoming), context.redaction);
    if (event.kind === "end") return;
    if (event.kind === "complaint") throw toStreamFault(context, event.body, frame.data);
    ending.isComplete ||= endsAnswer(event.chunk);
    yield event.chunk;
    if (event.chunk.done === true) return;
  }
  if (!ending.isComplete) throw truncated(incoming.subject);
}

function toStreamFault({ label, redaction, clock }: ChatContext, body: unknown, text: string): AppError {
  return toPluginFault({ label, step: STEP, body, text, nowMs: clock.now() }, redaction);
}

function readingOf({ subject }: Incoming): Reading {
  return { subject, warnings: [] };
}
