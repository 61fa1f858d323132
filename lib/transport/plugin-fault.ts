import { AppError, type ErrorCode, type PluginFault } from "../contract/error.ts";
import { isJsonObject } from "../core/json-object.ts";
import { toExcerpt } from "./excerpt.ts";
import type { Redaction } from "./redaction.ts";

/** What a plugin said about its failure, in whichever of the four shapes it said it. */
interface Complaint {
  code?: string;
  message?: string;
  transient?: boolean;
  retryAfterSeconds?: number;
}

/** The guide's codes, the usual OpenAI ones, and ours. */
const CODES: Record<string, ErrorCode> = {
  authentication_failed: "plugin_authentication_failed",
  invalid_api_key: "plugin_authentication_failed",
  authentication_error: "plugin_authentication_failed",
  permission_error: "plugin_authentication_failed",
  rate_limit_exceeded: "plugin_rate_limited",
  rate_limit_error: "plugin_rate_limited",
  invalid_request: "plugin_invalid_request",
  invalid_request_error: "plugin_invalid_request",
  context_length_exceeded: "plugin_invalid_request",
  model_not_found: "plugin_model_not_found",
  provider_unavailable: "plugin_provider_unavailable",
  overloaded_error: "plugin_provider_unavailable",
  timeout: "plugin_timeout",
  internal_error: "plugin_error",
  quota_exceeded: "plugin_quota_exceeded",
  insufficient_quota: "plugin_quota_exceeded",
  content_filter: "plugin_content_filter",
  not_initialized: "plugin_not_initialized",
  plugin_not_initialized: "plugin_not_initialized",
};

const STATUSES: Record<number, ErrorCode> = {
  400: "plugin_invalid_request",
  401: "plugin_authentication_failed",
  402: "plugin_quota_exceeded",
  403: "plugin_authentication_failed",
  404: "plugin_endpoint_missing",
  405: "plugin_endpoint_missing",
  408: "plugin_timeout",
  413: "plugin_invalid_request",
  422: "plugin_invalid_request",
  429: "plugin_rate_limited",
  501: "plugin_endpoint_missing",
  502: "plugin_provider_unavailable",
  503: "plugin_provider_unavailable",
  504: "plugin_timeout",
};

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

const NOT_INITIALIZED = /\b(?:not|un)[\s_-]?(?:yet[\s_-]|been[\s_-]){0,2}initiali[sz]ed\b/i;

/** True when a message of a plugin says that it waits for `/initialize`. */
function saysNotInitialized(text: string): boolean {
  return NOT_INITIALIZED.test(text);
}

export interface FaultSource {
  /** `127.0.0.1:8090`. */
  label: string;
  /** `GET /health`. */
  step: string;
  /** Absent for an error object inside a stream, and over gRPC. */
  status?: number;
  /** What stands in for a status over gRPC: its name and the code it means when the plugin says nothing better. */
  answer?: { name: string; code: ErrorCode };
  /** Parsed body, or undefined when it was no JSON. */
  body: unknown;
  /** The body as text. */
  text: string;
  /** `Retry-After`, verbatim. */
  retryAfter?: string | undefined;
  /** Epoch ms, to read a Retry-After that is a date. */
  nowMs: number;
}

/**
 * A failure that a plugin reported, as our error. Its own code decides, then its words, then the status.
 * Reads the guide's `{code, message, transient, details}`, OpenAI's `{error: {…}}`, FastAPI's `{detail}` and RFC 9457.
 */
export function toPluginFault(source: FaultSource, redaction: Redaction): AppError {
  const { label, step, status } = source;
  const complaint = readComplaint(source.body);
  const said = complaint.message ?? "";
  const own = complaint.code === undefined ? undefined : CODES[complaint.code.toLowerCase()];
  const code =
    own === undefined || VAGUE.has(own)
      ? (guessFromWords(said, source) ?? own ?? source.answer?.code ?? byStatus(status))
      : own;
  const excerpt = toExcerpt(redaction.text(said || source.text));
  const answer = status ?? source.answer?.name;
  const intro =
    answer === undefined ? `${label} broke off ${step}` : `${label} answered ${step} with ${answer}`;
  return new AppError(code, excerpt === "" ? `${intro}.` : `${intro}: ${endSentence(excerpt)}`, {
    ...(HINTS[code] === undefined ? {} : { hint: HINTS[code] }),
    plugin: toDetails(source, complaint, redaction),
  });
}

/** Codes that plugins use for anything; their words may say more. */
const VAGUE: ReadonlySet<ErrorCode> = new Set(["plugin_error", "plugin_invalid_request"]);

function guessFromWords(said: string, source: FaultSource): ErrorCode | undefined {
  if (saysNotInitialized(said)) return "plugin_not_initialized";
  // A missing route says "Not Found"; a missing model names it.
  if (source.status === 404 && /\bmodel\b/i.test(said)) return "plugin_model_not_found";
  return undefined;
}

function byStatus(status: number | undefined): ErrorCode {
  return (status === undefined ? undefined : STATUSES[status]) ?? "plugin_error";
}

function toDetails(source: FaultSource, complaint: Complaint, redaction: Redaction): PluginFault {
  const retryAfterSeconds = complaint.retryAfterSeconds ?? readRetryAfter(source.retryAfter, source.nowMs);
  const excerpt = toExcerpt(redaction.text(source.text));
  const code = complaint.code ?? source.answer?.name;
  return {
    ...(code === undefined ? {} : { code: redaction.text(code) }),
    ...(source.status === undefined ? {} : { status: source.status }),
    ...(complaint.transient === undefined ? {} : { transient: complaint.transient }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(excerpt === "" ? {} : { excerpt }),
  };
}

/** True for a body that describes a failure although it came with status 200 or inside a stream. */
export function isComplaint(body: unknown): boolean {
  if (!isJsonObject(body) || "choices" in body) return false;
  if (isJsonObject(body["error"]) || (typeof body["error"] === "string" && body["error"] !== "")) return true;
  return typeof body["code"] === "string" && typeof body["message"] === "string";
}

function readComplaint(body: unknown): Complaint {
  if (typeof body === "string") return { message: body };
  if (!isJsonObject(body)) return {};
  const nested = body["error"] ?? body["detail"];
  const inner = isJsonObject(nested) ? nested : body;
  const details = isJsonObject(inner["details"]) ? inner["details"] : inner;
  const code = [inner["code"], inner["type"], body["code"]].find(isCode);
  const message =
    [inner["message"], nested, inner["detail"], inner["title"]].find(isText) ?? readIssues(nested);
  const transient = inner["transient"] ?? body["transient"];
  const retryAfter = toSeconds(
    details["retry_after"] ?? details["retry_after_seconds"] ?? body["retry_after"],
  );
  return {
    ...(code === undefined ? {} : { code: code.slice(0, 100) }),
    ...(message === undefined ? {} : { message }),
    ...(typeof transient === "boolean" ? { transient } : {}),
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
  };
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

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function toSeconds(value: unknown): number | undefined {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = toSeconds(header);
  if (seconds !== undefined) return seconds;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.round((at - nowMs) / 1000));
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
