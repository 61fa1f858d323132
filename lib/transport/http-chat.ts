import { AppError } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import { parseAnswer } from "./answer.ts";
import { beginAnswer, findFraming, FrameReader, PatientReader } from "./answer-stream.ts";
import { createCall, type Call } from "./call.ts";
import { ChatReader } from "./chat-reader.ts";
import { toClientFault, type Asked } from "./client-fault.ts";
import { readFrame, truncated } from "./chat-stream.ts";
import { decodeUtf8 } from "./json-text.ts";
import type { Caps, Timeouts } from "./limits.ts";
import { isChatComplaint, toPluginFault } from "./plugin-fault.ts";
import type { Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";
import type { Target } from "./target.ts";
import { isSuccess, toStep, type Incoming, type Outgoing, type Wire } from "./wire.ts";

export interface ChatContext {
  wire: Wire;
  clock: Clock;
  timeouts: Timeouts;
  caps: Caps;
  redaction: Redaction;
  label: string;
  target: Target;
  explain?: Asked["explain"];
}

const REQUEST = { method: "POST", path: "/chat/completions" } as const;

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
  let reader: ChatReader | undefined;
  const progress = beginAnswer(
    context,
    toStep(REQUEST, context.target),
    call,
    () => reader?.isComplete ?? false,
  );
  try {
    const incoming = await send(context, request, call);
    const reading: Reading = { subject: incoming.subject, warnings: [] };
    const toFault = (body: unknown) => toStreamFault(context, body);
    reader = new ChatReader({ reading, redaction: context.redaction, toFault });
    const bytes = new PatientReader(context, incoming, progress);
    const framing = await findFraming(bytes, incoming, reading);
    if (framing === undefined) {
      yield reader.whole(await readDocument(context, incoming, bytes));
      return;
    }
    const source = new FrameReader(bytes, framing, context.caps.event, incoming.subject);
    for (let frames = await source.next(); frames; frames = await source.next()) {
      for (const frame of frames) {
        const event = readFrame(frame, reading, context.redaction);
        if (event.kind === "complaint") throw toFault(event.body);
        if (event.kind === "nothing") continue;
        const chunk = event.kind === "end" ? reader.end() : reader.chunk(event.value);
        if (chunk) yield chunk;
        if (event.kind === "end" || chunk?.done === true) return;
      }
    }
    if (!reader.isComplete) throw truncated(incoming.subject);
    const rest = reader.end();
    if (rest) yield rest;
  } catch (error) {
    const rest = reader?.flush();
    if (rest) yield rest;
    throw toClientFault(error, { ...context, step: toStep(REQUEST, context.target) });
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
    ...REQUEST,
    body: JSON.stringify(request),
    ...(accept === undefined ? {} : { accept }),
  };
}

/** One JSON document. Throws the error that it reports. */
async function readDocument(
  context: ChatContext,
  incoming: Incoming,
  bytes: PatientReader,
): Promise<unknown> {
  const text = decodeUtf8(await bytes.readAll(), incoming.subject);
  const reading: Reading = { subject: incoming.subject, warnings: [] };
  const value = parseAnswer(text, incoming, reading, context.redaction);
  if (isChatComplaint(value)) throw context.wire.toReportedFault(incoming, text);
  return value;
}

function toStreamFault({ target, redaction, clock }: ChatContext, body: unknown): AppError {
  const { label } = target;
  const step = toStep(REQUEST, target);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return toPluginFault({ label, step, body, text, nowMs: clock.now() }, redaction);
}
