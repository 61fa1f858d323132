import { AppError, isAppError } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import { responseTooLarge } from "../egress/byte-cap.ts";
import type { Call } from "./call.ts";
import { endsAnswer, slowChat, truncated } from "./chat-stream.ts";
import type { GrpcWire, Piece } from "./grpc-wire.ts";
import { readChunk, readWholeAnswer } from "./lenient-chat.ts";
import type { Caps, Timeouts } from "./limits.ts";
import type { Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";

export interface GrpcChatContext {
  wire: GrpcWire;
  timeouts: Timeouts;
  caps: Caps;
  redaction: Redaction;
  label: string;
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
  } finally {
    call.cancel(new AppError("request_aborted", "The chat is over."));
    call.dispose();
  }
}

async function readWhole(context: GrpcChatContext, request: ChatRequest, call: Call): Promise<ChatChunk> {
  const { wire, caps, redaction, label } = context;
  const answer = await wire.ask("CreateChatCompletion", request, call, caps.chat);
  const reading: Reading = { subject: `The answer of ${label} to CreateChatCompletion`, warnings: [] };
  return readWholeAnswer(redaction.value({ choices: [], ...answer }), reading);
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
  let isComplete = false;
  try {
    for (;;) {
      const next = await source.next();
      lift();
      if (next.done === true) break;
      hasBegun = true;
      size = count(next.value, size, caps.stream, reading.subject);
      const chunk = readChunk(redaction.value(next.value.message), reading);
      isComplete ||= endsAnswer(chunk);
      yield chunk;
      if (chunk.done === true) return;
      const quietMs = isComplete ? timeouts.tailMs : timeouts.idleMs;
      lift = call.limit(quietMs, () => slowChat(`${label} fell silent in the middle of its answer`, quietMs));
    }
  } catch (error) {
    if (isComplete) return;
    throw hasBegun && isAppError(error) && error.code === "plugin_connection_lost"
      ? truncated(reading.subject, error)
      : error;
  } finally {
    lift();
  }
  if (!isComplete) throw truncated(reading.subject);
}

function count({ bytes }: Piece, before: number, cap: number, subject: string): number {
  const size = before + bytes;
  if (size <= cap) return size;
  throw responseTooLarge(size, cap, subject);
}
