import type { z } from "zod";
import { AppError, ERROR_STATUS, type ErrorInfo } from "../contract/error.ts";
import { describeIssue, toFieldIssues } from "../core/issues.ts";

/** A hostile body can break ten thousand rules; a person reads the first few. */
const MAX_ISSUES = 50;

/** The one place where an error becomes an answer: `{"error": {code, message, field?, hint?, …, requestId}}` with its status. */
export function toErrorResponse(info: ErrorInfo, requestId: string): Response {
  const headers = new Headers({ "content-type": "application/json; charset=utf-8" });
  const retryAfter = info.details?.["retryAfterSeconds"] ?? info.plugin?.retryAfterSeconds;
  if (typeof retryAfter === "number") headers.set("retry-after", String(Math.ceil(retryAfter)));
  const allow = info.code === "method_not_allowed" ? info.details?.["allow"] : undefined;
  if (typeof allow === "string") headers.set("allow", allow);
  const error = { ...(info.code === "validation_failed" ? withAdvice(info) : info), requestId };
  return new Response(JSON.stringify({ error }), { status: ERROR_STATUS[info.code], headers });
}

/** A few of many problems, and what to do about them where whoever found them had nothing better to say: the message names the rule. */
function withAdvice(info: ErrorInfo): ErrorInfo {
  const { field, issues = [], hint } = info;
  if (issues.length > MAX_ISSUES) {
    const few = `The first ${MAX_ISSUES} of ${issues.length} problems are listed.`;
    return { ...info, issues: issues.slice(0, MAX_ISSUES), hint: few };
  }
  const what = issues.length > 1 ? "these values" : field === undefined ? "the request" : "this value";
  return { ...info, hint: hint ?? `Correct ${what}, then try again.` };
}

/** All problems of a value that broke its schema; the first is the message. `hint` says what a value of the right shape is. */
function toValidationError(error: z.ZodError, hint?: string): AppError {
  const issues = error.issues.flatMap((issue) => toFieldIssues(issue));
  const [first] = issues;
  const where = first?.path ? `${first.path}: ` : "";
  return new AppError("validation_failed", `${where}${first?.message ?? "The request is not valid."}`, {
    ...(first?.path ? { field: first.path } : {}),
    ...(hint !== undefined && error.issues.some(isOfShape) ? { hint } : {}),
    issues,
  });
}

const OF_SHAPE: ReadonlySet<string> = new Set(["invalid_type", "unrecognized_keys", "invalid_union"]);

/** Something is missing, unknown or of another kind: what a script gets wrong, and never a form. */
function isOfShape({ code }: z.core.$ZodIssue): boolean {
  return OF_SHAPE.has(code);
}

/** Throws `validation_failed`, with `hint` when the value has another shape than the schema. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, hint?: string): z.output<S> {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  throw toValidationError(parsed.error, hint);
}
