import { AppError, isAppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import { responseTooLarge } from "../egress/byte-cap.ts";
import type { Call } from "./call.ts";
import { ChatReader } from "./chat-reader.ts";
import { toClientFault, type Asked } from "./client-fault.ts";
import { slowChat, truncated } from "./chat-stream.ts";
import type { GrpcWire, Piece } from "./grpc-wire.ts";
import { EMPTY_MESSAGE_COST, PIECE_COST, type Caps, type Timeouts } from "./limits.ts";
import { toPluginFault } from "./plugin-fault.ts";
import type { Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";

export interface GrpcChatContext {
  wire: GrpcWire;
  timeouts: Timeouts;
  caps: Caps;
  redaction: Redaction;
  label: string;
  clock: Clock;
  explain?: Asked["explain"];
}

/** One chat, as `PluginClient.chat` promises. The connection is destroyed when the consumer leaves, at the latest. */
export async function* chatOverGrpc(
  context: GrpcChatContext,
  request: ChatRequest,
  signal?: AbortSignal,
): AsyncGenerator<ChatChunk> {
  const { wire, timeouts, label } = context;
  const call = wire.begin(signal);
  call.limit(timeouts.totalMs, () => slowChat(`${label} was still answering`, timeouts.totalMs));
  const onFirstByte = call.limit(timeouts.firstByteMs, () =>
    slowChat(`${label} had not begun to answer`, timeouts.firstByteMs),
  );
  try {
    if (request.stream === true) yield* readStream(context, request, call, onFirstByte);
    else yield await readWhole(context, request, call);
  } catch (error) {
    throw toClientFault(error, { ...context, step: "a chat" });
  } finally {
    call.cancel(new AppError("request_aborted", "The chat is over."));
    call.dispose();
  }
}

async function readWhole(context: GrpcChatContext, request: ChatRequest, call: Call): Promise<ChatChunk> {
  const { wire, caps, redaction, label } = context;
  const answer = await wire.ask("CreateChatCompletion", request, call, caps.chat);
  const reading: Reading = { subject: `The answer of ${label} to CreateChatCompletion`, warnings: [] };
  return createReader(context, reading).whole(redaction.value({ choices: [], ...answer }));
}

/**
 * Chunks as fast as they are wanted, with a limit on silence while we wait for them. Once the answer is complete, silence
 * and a broken connection are simply its end.
 */
async function* readStream(
  context: GrpcChatContext,
  request: ChatRequest,
  call: Call,
  onFirstByte: () => void,
): AsyncGenerator<ChatChunk> {
  const { wire, timeouts, caps, redaction, label } = context;
  const reading: Reading = { subject: `The answer of ${label} to CreateChatCompletionStream`, warnings: [] };
  const source = wire.listen("CreateChatCompletionStream", request, call, caps.event);
  let lift = onFirstByte;
  let size = 0;
  let hasBegun = false;
  const reader = createReader(context, reading);
  try {
    for (;;) {
      const next = await source.next();
      lift();
      if (next.done === true) break;
      hasBegun = true;
      size = count(next.value, size, caps.stream, reading.subject);
      const chunk = reader.chunk(redaction.value(next.value.message));
      yield chunk;
      if (chunk.done === true) return;
      const quietMs = reader.isComplete ? timeouts.tailMs : timeouts.idleMs;
      lift = call.limit(quietMs, () => slowChat(`${label} fell silent in the middle of its answer`, quietMs));
    }
  } catch (error) {
    const rest = reader.flush();
    if (rest) yield rest;
    if (reader.isComplete) return;
    throw hasBegun && isAppError(error) && error.code === "plugin_connection_lost"
      ? truncated(reading.subject, error)
      : error;
  } finally {
    lift();
  }
  const rest = reader.isComplete ? reader.end() : reader.flush();
  if (rest) yield rest;
  if (!reader.isComplete) throw truncated(reading.subject);
}

/** An error beside the status of the call, in a message. */
function createReader({ label, redaction, clock }: GrpcChatContext, reading: Reading): ChatReader {
  const step = "a chat";
  return new ChatReader({
    reading,
    redaction,
    toFault: (body) =>
      toPluginFault({ label, step, body, text: JSON.stringify(body), nowMs: clock.now() }, redaction),
  });
}

function count({ bytes }: Piece, before: number, cap: number, subject: string): number {
  const size = before + bytes + (bytes === 0 ? EMPTY_MESSAGE_COST : PIECE_COST);
  if (size <= cap) return size;
  throw responseTooLarge(size, cap, subject);
}
