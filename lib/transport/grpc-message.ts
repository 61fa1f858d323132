import { AppError } from "../contract/error.ts";
import type { JsonObject } from "../core/json-object.ts";
import { formatBytes } from "../core/quantity.ts";
import { decodeMessage, encodeMessage, METHODS, type MethodName } from "./grpc-schema.ts";
import { MESSAGE_CAP } from "./limits.ts";
import { hasMoreFields } from "./protobuf-scan.ts";
import { MAX_MODELS } from "../core/model-list.ts";

/** The request as bytes. Throws `plugin_invalid_request` for one that does not fit into a message. */
export function encodeRequest(step: MethodName, request: JsonObject): Buffer {
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

/** The longest list there is, of models with a few to spare, and whatever stands beside it. */
const MAX_FIELDS = MAX_MODELS + 5_000;

/** The message that `label` answered. Throws `plugin_response_too_large` for countless fields, `plugin_invalid_response` for other bytes. */
export function decodeResponse(step: MethodName, bytes: Buffer, label: string): JsonObject {
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
