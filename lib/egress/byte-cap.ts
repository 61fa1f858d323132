import { pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AppError } from "../contract/error.ts";
import { formatBytes } from "../core/quantity.ts";
import type { HttpResponse } from "./http-connection.ts";

/** The most bytes that are read of one body, and the error for more. */
export interface ByteCap {
  maxBytes: number;
  /** `size` is how many bytes the body has at least. */
  tooLarge(size: number): AppError;
}

/** Throws `cap.tooLarge` when the response declares a length above the cap: before the first byte of its body is read. */
export function checkDeclaredLength({ headers }: HttpResponse, cap: ByteCap): void {
  const declared = Number(headers["content-length"]);
  if (declared > cap.maxBytes) throw cap.tooLarge(declared);
}

/** The chunks as they come, counted: throws `cap.tooLarge` instead of the chunk that goes beyond the cap. */
export async function* capBytes(chunks: AsyncIterable<Uint8Array>, cap: ByteCap): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > cap.maxBytes) throw cap.tooLarge(size);
    yield chunk;
  }
}

/** All chunks as one. */
export async function joinBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/**
 * The decoded body of a response, all at once: more than `maxBytes` of it is `plugin_response_too_large`, and so is a declared
 * length above that, before the first byte. Socket and decompression errors come through as they are. `subject` begins the
 * messages: "The answer of 127.0.0.1:8090 to GET /health".
 */
export async function readAll(
  response: HttpResponse,
  maxBytes: number,
  subject: string,
): Promise<Uint8Array> {
  const cap: ByteCap = { maxBytes, tooLarge: (size) => responseTooLarge(size, maxBytes, subject) };
  try {
    checkDeclaredLength(response, cap);
  } catch (error) {
    response.body.destroy();
    throw error;
  }
  return joinBytes(capBytes(decodeBody(response, subject), cap));
}

/**
 * The decoded bytes of a response, not counted. We ask for identity; some plugins compress all the same. Throws
 * `plugin_wrong_content_type` for a compression we do not know. Leaving a loop over them early destroys the socket.
 */
export function decodeBody(response: HttpResponse, subject: string): AsyncIterable<Uint8Array> {
  // An abort after the last reader has left is nobody's error.
  response.body.on("error", () => undefined);
  const encoding = (response.headers["content-encoding"] ?? "").toLowerCase();
  if (encoding === "" || encoding === "identity") return response.body as AsyncIterable<Uint8Array>;
  const decoder = DECODERS[encoding]?.();
  if (decoder === undefined) {
    response.body.destroy();
    throw new AppError(
      "plugin_wrong_content_type",
      `${subject} is compressed with ${encoding.slice(0, 40)}.`,
      {
        hint: "Send it without compression: the console asks for identity.",
      },
    );
  }
  // A failing side destroys the other, and whoever reads the decoder sees the error.
  return pipeline(response.body, decoder, () => undefined) as AsyncIterable<Uint8Array>;
}

const DECODERS: Record<string, () => ReturnType<typeof createGunzip>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** `plugin_response_too_large`: `subject` has at least `size` bytes, and at most `maxBytes` are read. */
export function responseTooLarge(size: number, maxBytes: number, subject: string): AppError {
  return new AppError(
    "plugin_response_too_large",
    `${subject} is too large: it has at least ${size.toLocaleString("en")} bytes, and at most ${formatBytes(maxBytes)} are read.`,
    { hint: "Send less: the rest was not read." },
  );
}
