import { z } from "zod";
import { AppError, ErrorBody } from "../contract/error.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One call to our own API. */
export interface Call {
  method?: Method;
  path: string;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Sends a call and parses the answer. Throws `AppError`: the server's own code, or `console_unreachable`. */
export type Send = <S extends z.ZodType>(schema: S, call: Call) => Promise<z.infer<S>>;

/** Parses the error shape of an answer that was not 2xx. */
export async function readError(response: Response): Promise<AppError> {
  const parsed = ErrorBody.safeParse(await response.json().catch(() => null));
  if (parsed.success) {
    const { code, message, ...extras } = parsed.data.error;
    return new AppError(code, message, extras);
  }
  return new AppError(
    "console_unreachable",
    `The console answered HTTP ${response.status} in a form we do not know.`,
    {
      hint: "Reload the page. If it stays, look at the console's log.",
    },
  );
}

/** Puts a failed call into our words; an abort by the caller and our own errors are passed on as they are. */
export function toCallError(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  if (error instanceof AppError) return error;
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return new AppError("internal_error", "The console answered in a form this page does not know.", {
      hint: "It may have been upgraded since the page was opened: reload the page.",
      cause: error,
    });
  }
  return new AppError("console_unreachable", "The console does not answer.", {
    hint: "Check that it is still running (npm start), then try again.",
    cause: error,
  });
}

/** `origin` goes before every path: in the browser no more than the base path. `headers` go with every call. */
export function createSend(options: { origin: string; headers?: Record<string, string> }): Send {
  return async (schema, { method = "GET", path, body, signal }) => {
    try {
      const response = await fetch(`${options.origin}${path}`, {
        method,
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...options.headers,
        },
        cache: "no-store",
        redirect: "error",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
      if (!response.ok) throw await readError(response);
      return schema.parse(response.status === 204 ? undefined : await response.json());
    } catch (error) {
      throw toCallError(error);
    }
  };
}
