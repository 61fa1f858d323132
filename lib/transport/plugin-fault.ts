import { AppError, type ErrorCode, type PluginFault } from "../contract/error.ts";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import { toExcerpt } from "./excerpt.ts";
import { tryJson } from "./json-text.ts";
import { isTransient, toErrorCode, type Speaker } from "./fault-codes.ts";
import type { Redaction } from "./redaction.ts";

/** What a plugin said about its failure, in whichever of the four shapes it said it. */
interface Complaint {
  /** Everything that looks like a code, the most telling first. */
  codes: string[];
  /** A code that is an HTTP status: some answer 200 and then say 402. */
  status?: number;
  message?: string;
  transient?: boolean;
  retryAfterSeconds?: number;
  limit?: number;
  remaining?: number;
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  plugin_authentication_failed: "Check the credentials in the plugin's configuration.",
  plugin_unreachable: "The plugin, or a proxy before it, says that it is unavailable: see whether it runs.",
  plugin_endpoint_missing: "Implement this endpoint in the plugin, or correct the path in its address.",
  plugin_invalid_request:
    "Compare what was sent with what the plugin expects: its configuration and log tell more.",
  plugin_model_not_found: "Refresh the plugin's models and choose one of them.",
  plugin_rate_limited: "Wait before trying again.",
  plugin_quota_exceeded: "Raise the quota at the provider, or wait until it renews.",
  plugin_not_initialized: "The plugin was probably restarted: initialise it again.",
  plugin_provider_unavailable: "The plugin works but its provider does not: try again later.",
  plugin_timeout: "The plugin waited too long for its provider: try again.",
  plugin_error: "Look at the plugin's log.",
};

export interface Answer {
  /** `UNAVAILABLE`; in words where there is no name for it. */
  name: string;
  /** What it means when the plugin says nothing better, and then what to do about it. */
  code: ErrorCode;
  hint?: string;
  /** As the plugin's own code, when it names no other. */
  own?: string;
}

export interface FaultSource {
  /** `127.0.0.1:8090`. */
  label: string;
  /** `GET /health`. */
  step: string;
  /** Absent for an error object inside a stream, and over gRPC. */
  status?: number;
  /** What stands in for a status over gRPC. */
  answer?: Answer;
  /** Parsed body, or undefined when it was no JSON. */
  body: unknown;
  /** The body as text. */
  text: string;
  /** `Retry-After`, verbatim. */
  retryAfter?: string | undefined;
  /** Epoch ms, to read a Retry-After that is a date. */
  nowMs: number;
  /** A plugin unless said otherwise. */
  speaker?: Speaker | undefined;
}

/**
 * A failure that a plugin reported, as our error. Its own code decides, then its words, then the status.
 * Reads the guide's `{code, message, transient, details}`, OpenAI's `{error: {…}}`, FastAPI's `{detail}` and RFC 9457.
 */
export function toPluginFault(source: FaultSource, redaction: Redaction): AppError {
  const { label, step, status, speaker = "plugin" } = source;
  const complaint = readComplaint(source.body);
  const said = complaint.message ?? "";
  const { codes } = complaint;
  const meant = source.answer?.code;
  const isRead = step.startsWith("GET ");
  const code = toErrorCode(speaker, { codes, said, status: statusOf(source, complaint), meant, isRead });
  const excerpt = toExcerpt(redaction.text(said || source.text));
  const answer = status ?? source.answer?.name;
  const intro =
    answer === undefined ? `${label} broke off ${step}` : `${label} answered ${step} with ${answer}`;
  const hint = (code === meant ? source.answer?.hint : undefined) ?? HINTS[code];
  return new AppError(code, excerpt === "" ? `${intro}.` : `${intro}: ${endSentence(excerpt)}`, {
    ...(hint === undefined ? {} : { hint }),
    plugin: toDetails(source, complaint, code, redaction),
  });
}

/** The status that tells something: a success that complains does not. */
function statusOf({ status }: FaultSource, complaint: Complaint): number | undefined {
  return status === undefined || status < 300 ? (complaint.status ?? status) : status;
}

function toDetails(
  source: FaultSource,
  complaint: Complaint,
  code: ErrorCode,
  redaction: Redaction,
): PluginFault {
  const isProvider = source.speaker === "provider";
  const retryAfterSeconds =
    complaint.retryAfterSeconds ??
    readRetryAfter(source.retryAfter, source.nowMs) ??
    (isProvider && code === "plugin_rate_limited" ? readWait(complaint.message ?? "") : undefined);
  const transient = complaint.transient ?? (isProvider ? isTransient(code) : undefined);
  const own = complaint.codes[0] ?? source.answer?.own;
  const excerpt = toExcerpt(redaction.text(source.text));
  return {
    ...(own === undefined ? {} : { code: redaction.text(own) }),
    ...(source.status === undefined ? {} : { status: source.status }),
    ...(transient === undefined ? {} : { transient }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(complaint.limit === undefined ? {} : { limit: complaint.limit }),
    ...(complaint.remaining === undefined ? {} : { remaining: complaint.remaining }),
    ...(excerpt === "" ? {} : { excerpt }),
  };
}

/**
 * True for a body that describes a failure although it came with status 200 or inside a stream, whether alone, in a list
 * (`[{"error": …}]`) or beside the choices of a last chunk.
 */
export function isComplaint(body: unknown): boolean {
  if (Array.isArray(body)) return body.length > 0 && body.length <= MAX_LISTED && body.every(isComplaint);
  if (!isJsonObject(body)) return false;
  if (isError(body["error"]) || body["object"] === "error" || body["type"] === "error") return true;
  if (isJsonObject(body["choices"]) || Array.isArray(body["choices"])) return false;
  if (typeof body["code"] === "string" && typeof body["message"] === "string") return true;
  return isText(body["title"]) && isErrorStatus(body["status"]);
}

/** The same of an answer to a chat: without choices, words about what is wrong are enough. */
export function isChatComplaint(body: unknown): boolean {
  if (isComplaint(body)) return true;
  if (!isJsonObject(body)) return false;
  const { choices } = body;
  if (Array.isArray(choices))
    return choices.some((choice) => isJsonObject(choice) && isError(choice["error"]));
  const isNews = typeof body["status"] === "string" && PROGRESS.test(body["status"]);
  return !isNews && isText(readWords(body));
}

/** What a frame says that tells how far the answer is. */
const PROGRESS = /^(?:ok|success|processing|pending|running|queued|in[ _-]progress|started|loading)$/i;

/** Errors that are listed together, as FastAPI and Gemini do; a longer list is something else. */
const MAX_LISTED = 10;

function isError(value: unknown): boolean {
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return (
    isText(value) || value === true || isErrorStatus(value) || (Array.isArray(value) && value.length > 0)
  );
}

/** A complaint that is packed into another one's text is read too, but no deeper. */
const MAX_PACKED = 2;

function readComplaint(body: unknown, depth = 0): Complaint {
  if (Array.isArray(body) && isComplaint(body)) return readComplaint(body[0], depth);
  if (typeof body === "string") return { codes: [], message: body };
  if (!isJsonObject(body)) return { codes: [] };
  const nested = body["error"] ?? errorOfChoice(body) ?? body["detail"];
  const inner = isJsonObject(nested) ? nested : body;
  const packed = depth < MAX_PACKED ? unpack(inner["message"] ?? nested) : undefined;
  if (packed !== undefined) return readComplaint(packed, depth + 1);
  const details = isJsonObject(inner["details"]) ? inner["details"] : inner;
  const codes = [inner["code"], inner["type"], inner["status"], body["code"]].filter(isCode);
  const status = [inner, body]
    .flatMap((one) => STATUS_FIELDS.map((field) => toStatus(one[field])))
    .find(isErrorStatus);
  const list = isJsonObject(inner["message"]) ? inner["message"]["detail"] : nested;
  const message =
    [inner["message"], nested, readWords(inner), readWords(body)].find(isText) ?? readIssues(list);
  const transient = inner["transient"] ?? body["transient"];
  const retryAfter = toWait(
    toAmount(details["retry_after"] ?? details["retry_after_seconds"] ?? body["retry_after"]),
  );
  return {
    codes,
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
    ...(typeof transient === "boolean" ? { transient } : {}),
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
    ...readAmounts(details),
  };
}

/** Where services put their words. */
function readWords(body: JsonObject): string | undefined {
  return WORD_FIELDS.map((field) => body[field]).find(isText) ?? readIssues(body["detail"]);
}

const WORD_FIELDS = ["message", "detail", "title", "error_description", "error_message", "msg"] as const;
const STATUS_FIELDS = ["code", "status", "status_code", "statusCode"] as const;

/** "429" is one as well as 429. */
function toStatus(value: unknown): unknown {
  return typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
}

/** OpenRouter's error of one choice. */
function errorOfChoice({ choices }: JsonObject): unknown {
  if (!Array.isArray(choices)) return undefined;
  return choices.filter(isJsonObject).find(({ error }) => isError(error))?.["error"];
}

/** A proxy may put the whole answer of its upstream into its message. */
function unpack(message: unknown): unknown {
  if (typeof message !== "string" || !/^\s*[{[]/.test(message)) return undefined;
  const value = tryJson(message);
  return isComplaint(value) ? value : undefined;
}

/** FastAPI's list of validation problems: `[{loc: ["body", "model"], msg: "Field required"}]`. */
function readIssues(list: unknown): string | undefined {
  if (!Array.isArray(list)) return undefined;
  const lines = list.slice(0, 3).map((issue: unknown) => {
    if (!isJsonObject(issue) || typeof issue["msg"] !== "string") return "";
    return `${Array.isArray(issue["loc"]) ? issue["loc"].join(".") : "body"}: ${issue["msg"]}`;
  });
  return lines.filter(Boolean).join("; ") || undefined;
}

/** `about:blank` and addresses are RFC 9457 types, not codes. */
function isCode(value: unknown): value is string {
  return typeof value === "string" && /^[\w.-]{1,100}$/.test(value);
}

function isErrorStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 400 && value <= 599;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** What is left of a limit, as far as the plugin says. */
function readAmounts(details: JsonObject): Pick<Complaint, "limit" | "remaining"> {
  const [limit, remaining] = [toAmount(details["limit"]), toAmount(details["remaining"])];
  return { ...(limit === undefined ? {} : { limit }), ...(remaining === undefined ? {} : { remaining }) };
}

function toAmount(value: unknown): number | undefined {
  const amount = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof amount === "number" && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  // A negative number would be read as a year.
  if (/^\s*[-+]?\d/.test(header) && !/[a-z:]/i.test(header)) return toWait(toAmount(header));
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : toWait(Math.max(0, Math.round((at - nowMs) / 1000)));
}

/** Nobody who means it names a longer wait than a month, in seconds: quotas renew monthly. */
const LONGEST_WAIT_S = 31 * 86_400;

/** An absurd wait is none that is known. */
function toWait(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds <= LONGEST_WAIT_S ? seconds : undefined;
}

/** "Please try again in 1.2s", "… in 6m0s", "retry after 20 seconds": where some say it and nowhere else. */
function readWait(said: string): number | undefined {
  const match =
    /\b(?:again in|retry (?:after|in))\s+(?:(\d+)m(?!s))?\s*(?:(\d+(?:\.\d+)?)\s*(ms|s\b|sec))?/i.exec(said);
  const [, minutes, amount, unit] = match ?? [];
  if (minutes === undefined && amount === undefined) return undefined;
  return Number(minutes ?? 0) * 60 + Number(amount ?? 0) / (unit?.toLowerCase() === "ms" ? 1000 : 1);
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
