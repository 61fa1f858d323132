import { isJsonObject, type JsonObject } from "../core/json-object.ts";

/** What one message or delta says, in whichever of the shapes services use. */
export interface Said {
  content: string;
  reasoning: string;
  /** The field of its own that the reasoning came in; null where it stood in the content. */
  reasoningField: string | null;
  refusal: string;
  /** As `image_url` parts. */
  images: JsonObject[];
  /** Calls that stood among the parts, in the protocol's shape. */
  calls: JsonObject[];
  /** Types of parts that nobody here understands. */
  unknown: string[];
}

/** Fields beside `content` in which services put their reasoning; the first that says something counts, for some send it twice. */
export const REASONING_FIELDS = ["reasoning_content", "reasoning", "thinking"] as const;

/**
 * Reads `content` (a text, a part, or a list of parts), the fields for reasoning beside it, `refusal` and `images`.
 * Null for a content that is none of these.
 */
export function readSaid(message: JsonObject): Said | null {
  const said: Said = {
    content: "",
    reasoning: "",
    reasoningField: null,
    refusal: textOf(message["refusal"]),
    images: [],
    calls: [],
    unknown: [],
  };
  const { content, images } = message;
  if (isText(content)) said.content = content;
  else if (Array.isArray(content)) for (const part of content) readPart(part, said);
  else if (isJsonObject(content) && ("type" in content || "text" in content)) readPart(content, said);
  else if (content !== undefined && content !== null) return null;
  if (Array.isArray(images)) for (const image of images) readPart(image, said);
  readReasoning(message, said);
  return said;
}

function readReasoning(message: JsonObject, said: Said): void {
  for (const field of REASONING_FIELDS) {
    const text = textOf(message[field]);
    if (text === "") continue;
    said.reasoning = text;
    said.reasoningField = field;
    return;
  }
  const details = message["reasoning_details"];
  // They repeat what was said already.
  if (!Array.isArray(details) || said.reasoning !== "") return;
  said.reasoning += details.map(textOf).join("");
  said.reasoningField = "reasoning_details";
}

function readPart(part: unknown, said: Said): void {
  if (isText(part)) said.content += part;
  if (!isJsonObject(part)) return;
  const { type } = part;
  if (type === "thinking" || type === "reasoning") said.reasoning += textOf(part);
  else if (type === "refusal") said.refusal += textOf(part["refusal"]);
  else if (type === "tool_use") said.calls.push(toCall(part));
  else if (type === "image_url" || type === "image") said.images.push(...toImage(part));
  else if ("text" in part) said.content += textOf(part["text"]);
  else if (isText(type)) said.unknown.push(type.slice(0, 40));
}

/** A text, or the texts of a list or an object that holds them, as thinking is nested in parts and summaries. */
function textOf(value: unknown): string {
  if (isText(value)) return value;
  if (Array.isArray(value)) return value.map(textOf).join("");
  if (!isJsonObject(value)) return "";
  const inner = TEXT_FIELDS.map((field) => value[field]).find((one) => one !== undefined && one !== null);
  return textOf(inner);
}

const TEXT_FIELDS = ["thinking", "reasoning", "text", "summary", "content", "value"] as const;

/** Anthropic's call: an `input` where others have `arguments`. */
function toCall({ id, name, input }: JsonObject): JsonObject {
  return { id, function: { name, arguments: input } };
}

/** `{image_url: {url}}`, `{image_url: "…"}`, or Anthropic's `{source: {media_type, data}}`. */
function toImage(part: JsonObject): JsonObject[] {
  const image = part["image_url"] ?? part["url"];
  const source = isJsonObject(part["source"]) ? part["source"] : {};
  const inline = isText(source["data"])
    ? `data:${isText(source["media_type"]) ? source["media_type"] : "image/png"};base64,${source["data"]}`
    : source["url"];
  const url = isJsonObject(image) ? image["url"] : (image ?? inline);
  return isText(url) && url !== "" ? [{ type: "image_url", image_url: { url } }] : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
