import { Metadata, type ClientReadableStream, type ServiceError } from "@grpc/grpc-js";
import { AppError, isAppError } from "../contract/error.ts";
import type { JsonObject } from "../core/json-object.ts";
import { toNetworkFault } from "../core/network-fault.ts";
import type { Clock } from "../core/clock.ts";
import { abortedByCaller, createCall, type Call } from "./call.ts";
import { openChannel, type Channel, type ChannelSettings } from "./grpc-channel.ts";
import { isBareSuccess, notGrpc, toStatusFault, tooMuchMetadata, type FaultContext } from "./grpc-fault.ts";
import { decodeMessage, encodeMessage, METHODS, methodPath, type MethodName } from "./grpc-schema.ts";
import { formatBytes, MESSAGE_CAP, type Caps } from "./limits.ts";
import { hasMoreFields } from "./protobuf-scan.ts";
import { LIST_CAPS } from "./reading.ts";
import type { Redaction } from "./redaction.ts";

export interface GrpcWireOptions extends ChannelSettings {
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
      return toStatusFault(error, { ...context, nowMs: clock.now() });
    }
    return toNetworkFault(error, target, step);
  }

  /** Refuses what is not gRPC as soon as the headers show it. */
  function watchHeaders(headers: Metadata, call: Call, context: FaultContext): void {
    const type = String(headers.get("content-type")[0] ?? "");
    if (type !== "" && !/^application\/grpc\b/i.test(type)) {
      call.cancel(notGrpc(context, `with ${redaction.text(type).slice(0, 100)}`));
    } else if (sizeOf(headers) > caps.headers) call.cancel(tooMuchMetadata(context));
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
      let context: FaultContext | undefined;
      try {
        const body = encodeRequest(step, request);
        const [{ client }, known] = await open(step, call, Math.min(cap, MESSAGE_CAP));
        context = known;
        const answer = await call.race(
          () =>
            new Promise<Buffer>((resolve, reject) => {
              client
                .makeUnaryRequest(methodPath(step), asIs, asIs, body, new Metadata(), (error, value) => {
                  if (error && !(SAYS_NOTHING.has(step) && isBareSuccess(error))) reject(error);
                  else resolve(value ?? Buffer.alloc(0));
                })
                .on("metadata", (headers) => watchHeaders(headers, call, known));
            }),
        );
        return decodeResponse(step, answer, target.label);
      } catch (error) {
        throw toFault(error, step, call, context);
      }
    },
    async *listen(step, request, call, cap) {
      let context: FaultContext | undefined;
      try {
        const body = encodeRequest(step, request);
        const [{ client }, known] = await open(step, call, Math.min(cap, MESSAGE_CAP));
        context = known;
        const stream = client.makeServerStreamRequest(methodPath(step), asIs, asIs, body, new Metadata());
        stream.on("metadata", (headers: Metadata) => watchHeaders(headers, call, known));
        for await (const bytes of readPieces(stream, call)) {
          known.hasBegun = true;
          yield { message: decodeResponse(step, bytes, target.label), bytes: bytes.length };
        }
      } catch (error) {
        throw toFault(error, step, call, context);
      }
    },
    close() {
      isClosed = true;
      for (const call of running) call.cancel(abortedByCaller());
    },
  };
}

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

function encodeRequest(step: MethodName, request: JsonObject): Buffer {
  const body = encode(step, request);
  if (body.length <= MESSAGE_CAP) return body;
  throw new AppError(
    "plugin_invalid_request",
    `This ${step} has ${body.length.toLocaleString("en")} bytes, and a gRPC message at most ${formatBytes(MESSAGE_CAP)}.`,
    { hint: "Send less, for example a shorter conversation." },
  );
}

function encode(step: MethodName, request: JsonObject): Buffer {
  try {
    return encodeMessage(METHODS[step].request, request);
  } catch (cause) {
    throw new AppError("plugin_invalid_request", `This ${step} does not fit into a gRPC message.`, {
      hint: "A value may be nested too deep: gRPC messages have at most a hundred levels.",
      cause,
    });
  }
}

/** The longest list there is, of models, and whatever stands beside it. */
const MAX_FIELDS = LIST_CAPS.models + 1_000;

function decodeResponse(step: MethodName, bytes: Buffer, label: string): JsonObject {
  if (hasMoreFields(bytes, MAX_FIELDS)) {
    throw new AppError(
      "plugin_response_too_large",
      `The answer of ${label} to ${step} has more than ${MAX_FIELDS.toLocaleString("en")} fields, repeated ones counted one by one.`,
      { hint: "Send less: the rest was not read." },
    );
  }
  try {
    return decodeMessage(METHODS[step].response, bytes);
  } catch (cause) {
    throw new AppError(
      "plugin_invalid_response",
      `The answer of ${label} to ${step} is no ${METHODS[step].response} message of plugin.proto.`,
      {
        hint: "Generate the plugin's code from the console's plugin.proto; it may be of another version.",
        cause,
      },
    );
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
