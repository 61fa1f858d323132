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
  const hint = info.hint ?? adviceFor(info);
  const error = { ...info, ...(hint === undefined ? {} : { hint }), requestId };
  return new Response(JSON.stringify({ error }), { status: ERROR_STATUS[info.code], headers });
}

/** What to do about a value that broke a rule, where whoever found it had nothing better to say: the message names the rule. */
function adviceFor({ code, field, issues = [] }: ErrorInfo): string | undefined {
  if (code !== "validation_failed") return undefined;
  const what = issues.length > 1 ? "these values" : field === undefined ? "the request" : "this value";
  return `Correct ${what}, then try again.`;
}

/** All problems of a value that broke its schema; the first is the message. `hint` tells what a value of the right shape is. */
function toValidationError(error: z.ZodError, hint?: string): AppError {
  const all = error.issues.flatMap((issue) => toFieldIssues(issue));
  const issues = all.slice(0, MAX_ISSUES);
  const [first] = issues;
  const where = first?.path ? `${first.path}: ` : "";
  return new AppError("validation_failed", `${where}${first?.message ?? "The request is not valid."}`, {
    ...(first?.path ? { field: first.path } : {}),
    ...(all.length > MAX_ISSUES
      ? { hint: `The first ${MAX_ISSUES} of ${all.length} problems are listed.` }
      : hint !== undefined && error.issues.some(isOfShape)
        ? { hint }
        : {}),
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
