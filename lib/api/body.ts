import { AppError } from "../contract/error.ts";
import { describeInexact, findInexactNumber } from "../core/exact-json.ts";
import { findUnfaithful } from "../core/faithful.ts";
import { findExcess } from "../core/json-depth.ts";

/** 8 MB: no request of ours needs more (`reliability.md`, bad input). */
export const BODY_MAX_BYTES = 8 * 1024 * 1024;

/** 16 KB from whoever is not signed in: a name, an address, a password. */
export const UNAUTHENTICATED_BODY_MAX_BYTES = 16 * 1024;

/** A configuration has 256 K characters of values, each of which may take several bytes, and secrets of 16 K. */
export const CONFIG_BODY_MAX_BYTES = 2 * 1024 * 1024;

/** A 64 KB manifest inside a JSON string: every quote and line break may take two bytes, and there are other fields. */
export const MANIFEST_BODY_MAX_BYTES = 192 * 1024;

/** Real requests nest less than ten deep; recursive validators must never get a thousand. */
const MAX_DEPTH = 64;

/**
 * Reads a JSON body, counting bytes while they arrive, so that at most `maxBytes` are ever held. Undefined when there is none,
 * whatever type it has. Throws `unsupported_media_type`, `payload_too_large` and `invalid_json`; with `faithful`, `validation_failed` for what would not be kept
 * as it is written.
 */
export async function readJson(request: Request, maxBytes: number, faithful = false): Promise<unknown> {
  const type = request.headers.get("content-type");
  const declared = request.headers.get("content-length");
  if (declared === "0") return undefined;
  if (type !== null) requireJsonType(type);
  if (Number(declared ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request.body, maxBytes);
  if (bytes.length === 0) return undefined;
  requireJsonType(type);
  const text = decode(bytes);
  requireShallow(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_json", "The body is not valid JSON.", {
      hint: "Check quotes, commas and brackets; text goes in double quotes.",
      cause,
    });
  }
  if (faithful) requireFaithful(text, value);
  return value;
}

/**
 * For a call that reads no body: throws `unsupported_media_type` for one that a form or a plain text brings, which only somebody else's page
 * would send.
 */
export function refuseForeignBody({ headers, body }: Request): void {
  const type = headers.get("content-type");
  if (type !== null && body !== null && headers.get("content-length") !== "0") requireJsonType(type);
}

/** What changes on being read would be stored and sent on as something else. */
function requireFaithful(text: string, value: unknown): void {
  const inexact = findInexactNumber(text);
  if (inexact !== null)
    throw new AppError("validation_failed", describeInexact(inexact), { field: "values" });
  const issues = findUnfaithful(value);
  const [first] = issues;
  if (first) throw new AppError("validation_failed", first.message, { field: first.path, issues });
}

function requireJsonType(header: string | null): void {
  const [type = "", ...parameters] = (header ?? "").toLowerCase().split(";");
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() === "application/json" && isUtf8) return;
  throw new AppError("unsupported_media_type", "The body has to be JSON in UTF-8.", {
    hint: "Send the header Content-Type: application/json.",
  });
}

async function readBytes(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  if (!body) return chunks;
  let total = 0;
  // Leaving the loop cancels the stream: the rest is never read.
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks;
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("payload_too_large", `The body is larger than ${maxBytes} bytes.`, {
    hint: "Send less; a manifest has at most 64 KB, a configuration 2 MB, a request without a session 16 KB, any other 8 MB.",
  });
}

function decode(chunks: Uint8Array[]): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError("invalid_json", "The body is not UTF-8.", { cause });
  }
}

/** Cheaper than parsing, and it runs before anything recursive. */
function requireShallow(text: string): void {
  const excess = findExcess(text, { depth: MAX_DEPTH });
  if (excess === null) return;
  throw new AppError("invalid_json", `The body is nested more than ${MAX_DEPTH} levels deep.`, {
    hint: `Level ${MAX_DEPTH + 1} opens at character ${excess.at + 1}.`,
  });
}
