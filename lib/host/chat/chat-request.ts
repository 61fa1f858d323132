import { AppError, isAppError, type ErrorCode } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { ChatRequest } from "../../contract/protocol.ts";
import { findMissingCapability, fitContent, type ChatCapabilities } from "../../core/chat-content.ts";

const NEEDS = {
  vision: "it was sent an image",
  function_calling: "it was sent tools",
} as const;

/**
 * The request as the plugin `name` is to get it: streamed when it can and nobody asked for the whole, in parts only when it sees images. Throws
 * `plugin_invalid_request` naming the capability that the plugin, or the model, does not declare.
 */
export function prepareChat(name: string, request: ChatRequest, can: ChatCapabilities): ChatRequest {
  const missing = findMissingCapability(request, can);
  if (missing === null)
    return { ...fitContent(request, can), stream: can.streaming && request.stream !== false };
  const { capability, path } = missing;
  throw new AppError(
    "plugin_invalid_request",
    `${name} does not declare ${capability} for ${request.model.slice(0, 100)}, and ${NEEDS[capability]}.`,
    {
      field: path,
      hint: `Choose a model whose plugin declares ${capability}, or leave this part out.`,
      details: { capability },
    },
  );
}

/** How a plugin fails that does not know what to do with a stream. */
const OF_STREAMS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_error",
  "plugin_invalid_json",
  "plugin_invalid_response",
  "plugin_wrong_content_type",
]);

/**
 * `error` with what may be behind it: a model declares streaming, its plugin does not, and a stream was asked for. A plugin that
 * passes requests on and reads whole answers fails then.
 */
export function explainStreamed(error: unknown, request: ChatRequest, { capabilities }: Metadata): unknown {
  if (!isAppError(error) || !OF_STREAMS.has(error.code)) return error;
  if (request.stream !== true || capabilities.streaming) return error;
  const why = `${request.model.slice(0, 100)} declares streaming, so a stream was asked for; the plugin itself declares none.`;
  const hint = `${why} If it answers only as a whole, let the model declare "streaming": false.`;
  return new AppError(error.code, error.message, { ...error.extras, hint, cause: error });
}
