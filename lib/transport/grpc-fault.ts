import { status as Status, type Metadata, type StatusObject } from "@grpc/grpc-js";
import type { AppError, ErrorCode } from "../contract/error.ts";
import { decodeMessage, ERROR_TRAILER, type MethodName } from "./grpc-schema.ts";
import { toWireFault, type FaultContext } from "./grpc-wire-fault.ts";
import { toPluginFault, type Answer } from "./plugin-fault.ts";

/**
 * How a call failed, as our error: the plugin's own error object, then what happened on the way, then the status. Status OK stands
 * for the message that was due and did not come.
 */
export function toStatusFault(end: StatusObject, context: FaultContext): AppError {
  const { target, step, redaction, nowMs, hasBegun } = context;
  const complaint = readComplaint(end.metadata);
  if (complaint === undefined) {
    const broken = toWireFault(end, context);
    if (broken) return broken;
  }
  return toPluginFault(
    {
      label: target.label,
      step,
      ...(hasBegun ? {} : { answer: toAnswer(end, step) }),
      body: complaint ?? { message: end.details },
      text: typeof complaint?.["message"] === "string" ? complaint["message"] : end.details,
      nowMs,
    },
    redaction,
  );
}

/** Status OK without a complaint: enough where an answer says nothing anyway. */
export function isBareSuccess(end: StatusObject): boolean {
  return end.code === Status.OK && readComplaint(end.metadata) === undefined;
}

/** The `PluginError` of the trailer; undefined when there is none that can be read. */
function readComplaint(trailer: Metadata): Record<string, unknown> | undefined {
  const bytes = trailer.get(ERROR_TRAILER)[0];
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    return decodeMessage("PluginError", bytes);
  } catch {
    return undefined;
  }
}

/** A status that gRPC does not have means UNKNOWN to its libraries, which say no more than that something failed. */
function toAnswer(end: StatusObject, step: MethodName): Answer {
  const { code: status } = end;
  const code = codeOf(end, step);
  const name = Status[status];
  if (name !== undefined) return { name, code, own: name };
  const hint = "End the call with one of gRPC's statuses, the whole numbers 0 (OK) to 16 (UNAUTHENTICATED).";
  if (!Number.isSafeInteger(status)) return { name: "a status that is no whole number", code, hint };
  return { name: `status ${status}, which gRPC does not have`, code, hint, own: String(status) };
}

const CODES: Partial<Record<Status, ErrorCode>> = {
  [Status.INVALID_ARGUMENT]: "plugin_invalid_request",
  [Status.FAILED_PRECONDITION]: "plugin_invalid_request",
  [Status.OUT_OF_RANGE]: "plugin_invalid_request",
  [Status.ALREADY_EXISTS]: "plugin_invalid_request",
  [Status.DEADLINE_EXCEEDED]: "plugin_timeout",
  [Status.PERMISSION_DENIED]: "plugin_authentication_failed",
  [Status.UNAUTHENTICATED]: "plugin_authentication_failed",
  [Status.RESOURCE_EXHAUSTED]: "plugin_rate_limited",
  [Status.UNIMPLEMENTED]: "plugin_endpoint_missing",
  [Status.UNAVAILABLE]: "plugin_unreachable",
};

function codeOf({ code }: StatusObject, step: MethodName): ErrorCode {
  if (code === Status.NOT_FOUND && step.startsWith("CreateChat")) return "plugin_model_not_found";
  return CODES[code] ?? "plugin_error";
}
