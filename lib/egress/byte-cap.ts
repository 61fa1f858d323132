import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AppError } from "../contract/error.ts";
import { formatBytes } from "../core/quantity.ts";
import type { HttpResponse } from "./http-connection.ts";

/**
 * The decoded bytes of a response, counted: more than `cap` of them (or on the wire) is `plugin_response_too_large`.
 * Leaving the loop early destroys the socket. Socket and decompression errors come through as they are.
 */
export async function* readDecoded(
  response: HttpResponse,
  cap: number,
  subject: string,
): AsyncGenerator<Uint8Array> {
  const body = decode(response, subject);
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > cap) throw tooLarge(size, cap, subject);
      yield chunk;
    }
  } finally {
    response.body.destroy();
  }
}

/** All of it at once; a declared length above the cap is refused before the first byte. */
export async function readAll(response: HttpResponse, cap: number, subject: string): Promise<Uint8Array> {
  const declared = Number(response.headers["content-length"]);
  if (declared > cap) {
    response.body.destroy();
    throw tooLarge(declared, cap, subject);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of readDecoded(response, cap, subject)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** We ask for identity; some plugins compress all the same. */
function decode(response: HttpResponse, subject: string): Readable {
  // An abort after the last reader has left is nobody's error.
  response.body.on("error", () => undefined);
  const encoding = headerText(response.headers["content-encoding"]).toLowerCase();
  if (encoding === "" || encoding === "identity") return response.body;
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
  return pipeline(response.body, decoder, () => undefined);
}

const DECODERS: Record<string, () => ReturnType<typeof createGunzip>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? (value[0] ?? "") : (value ?? "")).trim();
}

function tooLarge(size: number, cap: number, subject: string): AppError {
  return new AppError(
    "plugin_response_too_large",
    `${subject} is too large: it has at least ${size.toLocaleString("en")} bytes, and at most ${formatBytes(cap)} are read.`,
    { hint: "Send less: the rest was not read." },
  );
}
