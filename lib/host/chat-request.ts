import { AppError } from "../contract/error.ts";
import type { ChatRequest } from "../contract/protocol.ts";
import { findMissingCapability, fitContent, type ChatCapabilities } from "../core/chat-content.ts";

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
