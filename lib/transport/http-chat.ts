import { AppError } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import { parseAnswer } from "./answer.ts";
import { beginAnswer, FrameReader, framingOf, PatientReader, type Progress } from "./answer-stream.ts";
import { createCall, type Call } from "./call.ts";
import { endsAnswer, readChatFrame, truncated } from "./chat-stream.ts";
import type { Frame } from "./frames.ts";
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

/**
 * One chat, as `PluginClient.chat` promises. The socket is destroyed when the consumer leaves, at the latest. The only generator
 * between the socket and the consumer.
 */
export async function* chatOverHttp(
  context: ChatContext,
  request: ChatRequest,
  signal?: AbortSignal,
): AsyncGenerator<ChatChunk> {
  const call = createCall(context.clock, signal);
  /** Set once a finish_reason has arrived. */
  let isComplete = false;
  const progress = beginAnswer(context, STEP, call, () => isComplete);
  try {
    const incoming = await send(context, request, call);
    const framing = framingOf(incoming);
    if (framing === undefined) {
      yield await readDocument(context, incoming, progress);
      return;
    }
    const reader = new FrameReader(context, incoming, framing, progress);
    for (let frames = await reader.next(); frames; frames = await reader.next()) {
      for (const frame of frames) {
        const chunk = toChunk(context, incoming, frame);
        if (chunk === null) return;
        isComplete ||= endsAnswer(chunk);
        yield chunk;
        if (chunk.done === true) return;
      }
    }
    if (!isComplete) throw truncated(incoming.subject);
  } finally {
    call.cancel(new AppError("request_aborted", "The chat is over."));
    call.dispose();
  }
}

/** The answer as it begins; one outside 2xx is thrown as what it reports. */
async function send({ wire }: ChatContext, request: ChatRequest, call: Call): Promise<Incoming> {
  const incoming = await wire.send(toOutgoing(request), call);
  if (!isSuccess(incoming)) throw wire.toReportedFault(incoming, await wire.readErrorText(incoming, call));
  return incoming;
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
  const bytes = await new PatientReader(context, incoming, context.caps.chat, progress).readAll();
  const text = decodeUtf8(bytes, incoming.subject);
  const reading = readingOf(incoming);
  const value = parseAnswer(text, incoming, reading, context.redaction);
  if (isComplaint(value)) throw context.wire.toReportedFault(incoming, text);
  return readWholeAnswer(value, reading);
}

/** One frame → its chunk, or null for `[DONE]`. Throws the error that a frame reports. */
function toChunk(context: ChatContext, incoming: Incoming, frame: Frame): ChatChunk | null {
  const event = readChatFrame(frame, readingOf(incoming), context.redaction);
  if (event.kind === "complaint") throw toStreamFault(context, event.body, frame.data);
  return event.kind === "end" ? null : event.chunk;
}

function toStreamFault({ label, redaction, clock }: ChatContext, body: unknown, text: string): AppError {
  return toPluginFault({ label, step: STEP, body, text, nowMs: clock.now() }, redaction);
}

function readingOf({ subject }: Incoming): Reading {
  return { subject, warnings: [] };
}
