import { AppError } from "../contract/error.ts";
import { findExcess, type Excess } from "../core/json-depth.ts";
import { toExcerpt } from "./excerpt.ts";
import { findSyntaxError } from "./json-syntax.ts";

/** Deeper answers are refused: the protocol's own objects need less than ten levels, and walkers of a value recurse. */
const MAX_JSON_DEPTH = 64;

/**
 * More values are refused: within the caps on bytes a plugin could send five million of them, whose reading would hold up everything
 * else for half a minute. A long list of models has some thousands.
 */
const MAX_JSON_VALUES = 250_000;

/**
 * UTF-8 text from a plugin → JSON value; keys named `__proto__` are dropped.
 * Throws `plugin_invalid_json` with the offset, and with an excerpt unless `redact` finds something to hide, and
 * `plugin_response_too_large`. `subject` starts the message: "The answer of 127.0.0.1:8090 to GET /health".
 */
export function parseJson(text: string, subject: string, redact: (text: string) => string = String): unknown {
  const excess = findExcess(text, { depth: MAX_JSON_DEPTH, values: MAX_JSON_VALUES });
  if (excess) throw toExcessFault(excess, subject);
  try {
    // A reviver is slow, and honest answers never need it.
    if (/__proto__|\\u005f/i.test(text)) return JSON.parse(text, dropProto);
    return JSON.parse(text);
  } catch (cause) {
    throw invalidJson(text, subject, redact(text) === text, cause);
  }
}

function toExcessFault({ of, at }: Excess, subject: string): AppError {
  if (of === "depth") {
    return new AppError(
      "plugin_invalid_json",
      `${subject} is nested more than ${MAX_JSON_DEPTH} levels deep (character ${at}).`,
      { hint: "The protocol's objects are a few levels deep: check what the plugin sends." },
    );
  }
  return new AppError(
    "plugin_response_too_large",
    `${subject} holds more than ${MAX_JSON_VALUES.toLocaleString("en")} values (character ${at}).`,
    { hint: "Send less: the rest was not read." },
  );
}

/** Undefined for anything that is not JSON. */
export function tryJson(text: string): unknown {
  try {
    return parseJson(text, "");
  } catch {
    return undefined;
  }
}

/** Bytes → text. Throws `plugin_invalid_json` for anything but UTF-8; a byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array, subject: string): string {
  const hasUtf16Mark = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (hasUtf16Mark || bytes.subarray(0, 4).includes(0)) {
    throw notUtf8(`${subject} looks like UTF-16 or binary data, not like JSON.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notUtf8(`${subject} is not valid UTF-8.`, cause);
  }
}

function notUtf8(message: string, cause?: unknown): AppError {
  return new AppError("plugin_invalid_json", message, { hint: "Encode JSON in UTF-8.", cause });
}

function invalidJson(text: string, subject: string, isPublic: boolean, cause: unknown): AppError {
  const offset = findSyntaxError(text);
  const isCutOff = offset >= text.trimEnd().length;
  const near = toExcerpt(text.slice(Math.max(0, offset - 20), offset + 40), 60);
  const excerpt = isPublic ? `, near “${near}”` : "";
  const where = isCutOff ? `it ends too early, at character ${offset}` : `character ${offset}${excerpt}`;
  return new AppError("plugin_invalid_json", `${subject} is not valid JSON: ${where}.`, {
    hint: "Send one complete JSON document, encoded in UTF-8.",
    cause,
  });
}

function dropProto(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}
