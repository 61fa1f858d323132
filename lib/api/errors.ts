import type { z } from "zod";
import { AppError, ERROR_STATUS, type ErrorInfo, type FieldIssue } from "../contract/error.ts";

/** A hostile body can break ten thousand rules; a person reads the first few. */
const MAX_ISSUES = 50;
const MAX_PATH_LENGTH = 200;

/** The one place where an error becomes an answer: `{"error": {code, message, field?, hint?, …, requestId}}` with its status. */
export function toErrorResponse(info: ErrorInfo, requestId: string): Response {
  const headers = new Headers({ "content-type": "application/json; charset=utf-8" });
  const retryAfter = info.details?.["retryAfterSeconds"] ?? info.plugin?.retryAfterSeconds;
  if (typeof retryAfter === "number") headers.set("retry-after", String(Math.ceil(retryAfter)));
  return new Response(JSON.stringify({ error: { ...info, requestId } }), {
    status: ERROR_STATUS[info.code],
    headers,
  });
}

/** `["messages", 3, "role"]` → `messages[3].role`. */
export function formatPath(path: ReadonlyArray<PropertyKey>): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("")
    .slice(0, MAX_PATH_LENGTH);
}

/** All problems of a value that broke its schema; the first is the message. */
export function toValidationError({ issues }: z.ZodError): AppError {
  const fields: FieldIssue[] = issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => ({ path: formatPath(path), message }));
  const [first] = fields;
  const where = first?.path ? `${first.path}: ` : "";
  return new AppError("validation_failed", `${where}${first?.message ?? "The request is not valid."}`, {
    ...(first?.path ? { field: first.path } : {}),
    ...(issues.length > MAX_ISSUES
      ? { hint: `The first ${MAX_ISSUES} of ${issues.length} problems are listed.` }
      : {}),
    issues: fields,
  });
}

/** Throws `validation_failed`. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw toValidationError(parsed.error);
}
