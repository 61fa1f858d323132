import { AppError } from "../contract/error.ts";
import { toExcerpt } from "./excerpt.ts";
import { parseJson } from "./json-text.ts";
import { noticeWholeFractions } from "./lenient.ts";
import type { Reading } from "./reading.ts";
import type { Redaction } from "./redaction.ts";
import type { Incoming } from "./wire.ts";

/**
 * The JSON of an answer. Decides between an empty body, a web page, another content type and broken JSON, each its own code;
 * JSON under a wrong content type, text/html too, is read with a warning.
 */
export function parseAnswer(
  text: string,
  incoming: Incoming,
  reading: Reading,
  redaction: Redaction,
): unknown {
  const { mediaType, subject } = incoming;
  noticeWholeFractions(text, reading);
  if (text.trim() === "") throw emptyResponse(incoming);
  const isJson = isJsonType(mediaType);
  if (!isJson && /^\s*</.test(text)) throw webPage(text, subject, redaction);
  if (isJson) return redaction.value(parseJson(text, subject, redaction.text));
  const value = parseForeign(text, incoming, redaction);
  reading.warnings.push(`the content type is ${mediaType || "missing"}: application/json is expected`);
  return redaction.value(value);
}

function isJsonType(mediaType: string): boolean {
  return mediaType === "application/json" || mediaType === "text/json" || mediaType.endsWith("+json");
}

function parseForeign(text: string, { mediaType, subject }: Incoming, redaction: Redaction): unknown {
  try {
    return parseJson(text, subject, redaction.text);
  } catch (cause) {
    if (/^(?:data|event|id|retry)?:/.test(text)) throw unannouncedStream(subject, mediaType);
    if (mediaType === "text/html") throw webPage(text, subject, redaction);
    const excerpt = toExcerpt(redaction.text(text));
    throw new AppError(
      "plugin_wrong_content_type",
      `${subject} is ${mediaType === "" ? "of no stated type" : mediaType} and not JSON.`,
      {
        hint: "Check that the plugin, and not another program, listens at this port.",
        plugin: { excerpt },
        cause,
      },
    );
  }
}

function unannouncedStream(subject: string, mediaType: string): AppError {
  const what = mediaType === "" ? "without a content type" : `under the content type ${mediaType}`;
  return new AppError("plugin_wrong_content_type", `${subject} is a stream of events ${what}.`, {
    hint: "Send a stream with the header Content-Type: text/event-stream.",
  });
}

function webPage(text: string, subject: string, redaction: Redaction): AppError {
  const excerpt = toExcerpt(redaction.text(text));
  return new AppError("plugin_wrong_content_type", `${subject} looks like a web page: check the port.`, {
    hint: "A web page answers there, not a plugin: correct the port, or add the path prefix that the plugin has.",
    plugin: { excerpt },
  });
}

function emptyResponse({ subject, response }: Incoming): AppError {
  return new AppError("plugin_empty_response", `${subject} is empty (status ${response.statusCode}).`, {
    hint: "Send a JSON document.",
    plugin: { status: response.statusCode },
  });
}
