import {
  Metadata,
  status as Status,
  type ClientReadableStream,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import type { AppError } from "../contract/error.ts";
import { isAppError } from "../contract/error.ts";
import type { JsonObject } from "../core/json-object.ts";
import { toNetworkFault } from "../core/network-fault.ts";
import type { Clock } from "../core/clock.ts";
import { abortedByCaller, createCall, type Call } from "./call.ts";
import { openChannel, type Channel, type ChannelSettings } from "./grpc-channel.ts";
import { isBareSuccess, toStatusFault } from "./grpc-fault.ts";
import { decodeResponse, encodeRequest } from "./grpc-message.ts";
import { METHODS, methodPath, type MethodName } from "./grpc-schema.ts";
import { notGrpc, severalMessages, tooMuchMetadata, type FaultContext } from "./grpc-wire-fault.ts";
import { MESSAGE_CAP, type Caps } from "./limits.ts";
import type { Redaction } from "./redaction.ts";
import type { Target } from "./target.ts";

export interface GrpcWireOptions extends ChannelSettings {
  target: Target;
  clock: Clock;
  caps: Caps;
  redaction: Redaction;
}

/** gRPC to one plugin. Every failure is an `AppError`. */
export interface GrpcWire {
  /** A call's abort; ends with `request_aborted` when the wire is closed. Dispose of it. */
  begin(signal?: AbortSignal): Call;
  /** One message there, one back of at most `cap` bytes. */
  ask(step: MethodName, request: JsonObject, call: Call, cap: number): Promise<JsonObject>;
  /** One message there, many back of at most `cap` bytes each; read as fast as they are wanted. */
  listen(step: MethodName, request: JsonObject, call: Call, cap: number): AsyncGenerator<Piece>;
  close(): void;
}

export interface Piece {
  message: JsonObject;
  bytes: number;
}

export function createGrpcWire(options: GrpcWireOptions): GrpcWire {
  const { target, clock, caps, redaction } = options;
  const running = new Set<Call>();
  let isClosed = false;

  async function open(step: MethodName, call: Call, cap: number): Promise<[Channel, FaultContext]> {
    const channel = await openChannel(options, call, cap);
    const { progress } = channel;
    return [channel, { target, step, progress, cap, redaction, nowMs: clock.now(), hasBegun: false }];
  }

  /** Whatever was thrown while an answer was waited for, as our error. */
  function toFault(
    error: unknown,
    step: MethodName,
    call: Call,
    context: FaultContext | undefined,
  ): AppError {
    if (call.signal.aborted) return call.signal.reason as AppError;
    if (isAppError(error)) return error;
    if (context && isServiceError(error)) {
      if (sizeOf(error.metadata) > caps.headers) return tooMuchMetadata(context);
      return toStatusFault(toSafeStatus(error), { ...context, nowMs: clock.now() });
    }
    return toNetworkFault(error, target, step);
  }

  /** How a call ended, its words free of secrets before anything is made of them. The library leaves some of its parts out. */
  function toSafeStatus(end: Partial<StatusObject>): StatusObject {
    const { code = Status.INTERNAL, details = COMPRESSED, metadata = new Metadata() } = end;
    return { code, details: redaction.text(String(details)), metadata };
  }

  /** Refuses what is not gRPC as soon as the headers show it. */
  function watchHeaders(headers: Metadata, call: Call, context: FaultContext): void {
    const type = String(headers.get("content-type")[0] ?? "");
    if (type !== "" && !/^application\/grpc\b/i.test(type)) {
      call.cancel(notGrpc(context, `with ${redaction.text(type).slice(0, 100)}`));
    } else if (sizeOf(headers) > caps.headers) call.cancel(tooMuchMetadata(context));
  }

  /** Every answer is read as a stream, since the library's unary call never ends once a second message has come. */
  async function* receive(
    step: MethodName,
    request: JsonObject,
    call: Call,
    cap: number,
  ): AsyncGenerator<Buffer> {
    let context: FaultContext | undefined;
    try {
      const body = encodeRequest(step, request);
      const [{ client }, known] = await open(step, call, Math.min(cap, MESSAGE_CAP));
      context = known;
      const stream = client.makeServerStreamRequest(methodPath(step), asIs, asIs, body, new Metadata());
      stream.on("metadata", (headers: Metadata) => watchHeaders(headers, call, known));
      let end: StatusObject | undefined;
      stream.on("status", (status: StatusObject) => (end = status));
      const isOne = !METHODS[step].streams;
      let count = 0;
      for await (const bytes of readPieces(stream, call)) {
        count += 1;
        if (isOne && count > 1) throw severalMessages(known);
        known.hasBegun = !isOne;
        yield bytes;
      }
      if (end && isOne && count === 0 && !(SAYS_NOTHING.has(step) && isBareSuccess(end)))
        throw toStatusFault(toSafeStatus(end), { ...known, nowMs: clock.now() });
    } catch (error) {
      throw toFault(error, step, call, context);
    }
  }

  return {
    begin(signal) {
      const call = createCall(clock, signal);
      if (isClosed) call.cancel(abortedByCaller());
      running.add(call);
      call.onDispose(() => running.delete(call));
      return call;
    },
    async ask(step, request, call, cap) {
      let answer: Buffer = Buffer.alloc(0);
      for await (const bytes of receive(step, request, call, cap)) answer = bytes;
      return decodeResponse(step, answer, target.label);
    },
    async *listen(step, request, call, cap) {
      for await (const bytes of receive(step, request, call, cap)) {
        yield { message: decodeResponse(step, bytes, target.label), bytes: bytes.length };
      }
    },
    close() {
      isClosed = true;
      for (const call of running) call.cancel(abortedByCaller());
    },
  };
}

/** The one case in which the library says neither status nor words: a compressed message whose encoding it does not know. */
const COMPRESSED = "Received message with compressed flag";

/** Calls whose answers have no fields. */
const SAYS_NOTHING: ReadonlySet<MethodName> = new Set(["Initialize", "Cleanup"]);

/** Ends with the call: the library's own iterator would wait for a plugin that has fallen silent. */
async function* readPieces(stream: ClientReadableStream<Buffer>, call: Call): AsyncGenerator<Buffer> {
  // What comes after the reader has left is nobody's error.
  stream.on("error", () => undefined);
  const source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  for (;;) {
    const next = await call.race(() => source.next());
    if (next.done === true) return;
    yield next.value;
  }
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "details" in error && "metadata" in error;
}

/** Bytes of all keys and values. */
function sizeOf(metadata: Metadata): number {
  return Object.entries(metadata.toJSON()).reduce(
    (sum, [key, values]) => sum + values.reduce((part, value) => part + key.length + value.length, 0),
    0,
  );
}
