import { status as Status, type StatusObject } from "@grpc/grpc-js";
import { AppError } from "../contract/error.ts";
import { toNetworkFault } from "../core/network-fault.ts";
import { formatBytes } from "../core/quantity.ts";
import type { Progress } from "./grpc-channel.ts";
import type { MethodName } from "./grpc-schema.ts";
import type { Redaction } from "./redaction.ts";
import type { Target } from "./target.ts";

/** What a call ended with, and what is needed to say so. */
export interface FaultContext {
  target: Target;
  /** `GetModels`. */
  step: MethodName;
  progress: Progress;
  /** Bytes; what the channel was told. */
  cap: number;
  redaction: Redaction;
  /** Epoch ms. */
  nowMs: number;
  /** True once a piece of the answer was read. */
  hasBegun: boolean;
}

/** The library tells what happened on the wire in its texts alone; each row reads one of them. */
const WIRE_FAULTS: Array<[RegExp, (context: FaultContext, match: RegExpExecArray) => AppError]> = [
  [
    /^Received message larger than max \((\d+) vs/,
    (context, [, size]) => tooLarge(context, `it has ${Number(size).toLocaleString("en")} bytes`),
  ],
  [
    /^Received message that decompresses to a size larger than/,
    (context) => tooLarge(context, "it is compressed"),
  ],
  [/^Bandwidth exhausted or memory limit exceeded/, (context) => tooMuchMetadata(context)],
  [
    /^Received HTTP status code (\d+)/,
    (context, [, status]) => notGrpc(context, `with HTTP status ${status}`),
  ],
  [/Call ended without gRPC status|^No status information received/, (context) => cutShort(context)],
  [
    /^Connection dropped|ECONNRESET|EPIPE|^Stream refused|^Received RST_STREAM|^Call cancelled$/,
    (context) => cutShort(context),
  ],
  [
    /^(?:Failed to decompress|Unexpected data|Received message with compressed flag)/,
    (context) => damaged(context),
  ],
];

/** What went wrong before the plugin could say anything itself; undefined when nothing did. */
export function toWireFault(end: StatusObject, context: FaultContext): AppError | undefined {
  const { target, step, progress } = context;
  if (progress.failure !== undefined) return toNetworkFault(progress.failure, target, step);
  if (end.code === Status.OK) return empty(context);
  if (/^No connection established/.test(end.details)) {
    return progress.isConnected ? notHttp2(context, end.details) : toConnectFault(end.details, context);
  }
  for (const [pattern, make] of WIRE_FAULTS) {
    const match = pattern.exec(end.details);
    if (match) return make(context, match);
  }
  return undefined;
}

/** "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1 (2026-…)" */
function toConnectFault(details: string, { target, step }: FaultContext): AppError {
  const code = /\b(E[A-Z]{3,})\b/.exec(details)?.[1] ?? "";
  return toNetworkFault(Object.assign(new Error(details), { code }), target, step);
}

function notHttp2(context: FaultContext, details: string): AppError {
  const { target, step } = context;
  if (/ECONNRESET|Connection closed|Failed to connect|EPIPE/.test(details)) {
    return new AppError(
      "plugin_connection_lost",
      `${target.label} closed the connection before it spoke HTTP/2 (${step}).`,
      {
        hint: `The plugin may have crashed. ${otherScheme(context)}`,
      },
    );
  }
  return new AppError(
    "plugin_wrong_content_type",
    `What ${target.label} sent in answer to ${step} is not HTTP/2, which gRPC needs.`,
    { hint: otherScheme(context) },
  );
}

export function notGrpc(context: Pick<FaultContext, "target" | "step">, how: string): AppError {
  const { target, step } = context;
  return new AppError(
    "plugin_wrong_content_type",
    `${target.label} answered ${step} ${how}, which is not gRPC.`,
    {
      hint: otherScheme(context),
    },
  );
}

/** The commonest reason by far: an HTTP plugin registered as gRPC. */
function otherScheme({ target }: Pick<FaultContext, "target">): string {
  const [right, wrong] = target.secure ? ["https", "grpcs"] : ["http", "grpc"];
  const tls = target.secure ? "" : " If it speaks TLS, write grpcs://.";
  return `If it is an HTTP plugin, write ${right}:// instead of ${wrong}://.${tls} Otherwise another program owns that port.`;
}

function tooLarge({ target, step, cap }: FaultContext, how: string): AppError {
  return new AppError(
    "plugin_response_too_large",
    `The answer of ${target.label} to ${step} is too large: ${how}, and at most ${formatBytes(cap)} are read.`,
    { hint: "Send less: the rest was not read." },
  );
}

export function tooMuchMetadata({ target, step }: Pick<FaultContext, "target" | "step">): AppError {
  return new AppError(
    "plugin_response_too_large",
    `${target.label} answered ${step} with more than 16 KB of metadata.`,
    {
      hint: "Send fewer or smaller headers and trailers.",
    },
  );
}

function cutShort({ target, step }: FaultContext): AppError {
  return new AppError(
    "plugin_connection_lost",
    `${target.label} broke the call off before its answer to ${step} was complete.`,
    { hint: "The plugin may have crashed or restarted: look at its log." },
  );
}

function empty({ target, step }: FaultContext): AppError {
  return new AppError("plugin_empty_response", `${target.label} answered ${step} without a message.`, {
    hint: "Send one message, then status OK.",
  });
}

export function severalMessages({ target, step }: Pick<FaultContext, "target" | "step">): AppError {
  return new AppError(
    "plugin_invalid_response",
    `${target.label} answered ${step} with more than one message.`,
    { hint: `Send one message, then status OK: ${step} is no stream in plugin.proto.` },
  );
}

function damaged({ target, step }: FaultContext): AppError {
  return new AppError(
    "plugin_invalid_response",
    `The compressed answer of ${target.label} to ${step} is damaged.`,
    {
      hint: "Send the answer without compression.",
    },
  );
}
