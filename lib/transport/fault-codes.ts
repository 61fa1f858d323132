import type { ErrorCode } from "../contract/error.ts";

/** Who describes a failure: a plugin, or a service that a built-in plugin speaks to. */
export type Speaker = "plugin" | "provider";

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
  // Google's, in whose words many a plugin answers.
  resource_exhausted: "plugin_rate_limited",
  unauthenticated: "plugin_authentication_failed",
  permission_denied: "plugin_authentication_failed",
  invalid_argument: "plugin_invalid_request",
  unavailable: "plugin_provider_unavailable",
  deadline_exceeded: "plugin_timeout",
  not_initialized: "plugin_not_initialized",
  plugin_not_initialized: "plugin_not_initialized",
};

/** What model services say besides: Anthropic, vLLM, Mistral, Groq, Azure, OpenAI's billing. */
const PROVIDER_CODES: Record<string, ErrorCode> = {
  ...CODES,
  api_error: "plugin_provider_unavailable",
  server_error: "plugin_provider_unavailable",
  timeout_error: "plugin_timeout",
  request_too_large: "plugin_invalid_request",
  billing_error: "plugin_quota_exceeded",
  billing_not_active: "plugin_quota_exceeded",
  billing_hard_limit_reached: "plugin_quota_exceeded",
  authenticationerror: "plugin_authentication_failed",
  permissiondeniederror: "plugin_authentication_failed",
  badrequesterror: "plugin_invalid_request",
  ratelimiterror: "plugin_rate_limited",
  invalid_model: "plugin_model_not_found",
  service_tier_capacity_exceeded: "plugin_rate_limited",
  capacity_exceeded: "plugin_provider_unavailable",
  content_policy_violation: "plugin_content_filter",
  responsibleaipolicyviolation: "plugin_content_filter",
};

/** Codes that are used for anything; words and, from a provider, the status may say more. */
const VAGUE = new Set([
  "invalid_argument",
  "internal_error",
  "invalid_request",
  "invalid_request_error",
  "context_length_exceeded",
  "badrequesterror",
  "api_error",
  "server_error",
]);

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

/** Groq's 498 is "no capacity", Anthropic's 529 "overloaded". */
const PROVIDER_STATUSES: Record<number, ErrorCode> = {
  ...STATUSES,
  498: "plugin_provider_unavailable",
  500: "plugin_provider_unavailable",
  529: "plugin_provider_unavailable",
};

/** Sentences of providers whose codes say less than their words. */
const WORDS: Array<[RegExp, ErrorCode]> = [
  [
    /\binsufficient (?:balance|credits?|quota|funds)\b|\bcredit balance is too low\b|\bexceeded your current quota\b/i,
    "plugin_quota_exceeded",
  ],
  [
    /\bmodel\b.{0,200}?\b(?:not exist|not found|not available|unknown|unsupported)\b|\b(?:invalid|unknown|no such) model\b/i,
    "plugin_model_not_found",
  ],
  [
    /\b(?:invalid|incorrect|missing|wrong) api[ _-]?key\b|\bapi[ _-]?key (?:is )?(?:not valid|invalid|missing)\b/i,
    "plugin_authentication_failed",
  ],
  [
    /\bcontent (?:filter|policy|management policy)\b|\binput was flagged\b|\bblocked by .{0,40}safety\b/i,
    "plugin_content_filter",
  ],
  [/\bunexpected endpoint\b/i, "plugin_endpoint_missing"],
];

const NOT_INITIALIZED = /\b(?:not|un)[\s_-]?(?:yet[\s_-]|been[\s_-]){0,2}initiali[sz]ed\b/i;

/** Messages longer than this are looked at from their beginning, UTF-16 units. */
const MAX_WORDS = 2_000;

/** What is known about a reported failure. */
export interface Report {
  /** Its own codes and types, the most telling first. */
  codes: readonly string[];
  /** Its message; empty when there was none. */
  said: string;
  /** HTTP status; absent inside a stream. */
  status: number | undefined;
  /** What the transport's own signal means, where it has one beside or instead of a status. */
  meant?: ErrorCode | undefined;
  /** True for a GET. It asks for nothing but its path: with a 404 even a vague code speaks of that. */
  isRead?: boolean;
}

/** Our code for a reported failure: its own code decides, then its words, then the status. */
export function toErrorCode(speaker: Speaker, report: Report): ErrorCode {
  const { codes, said, status, meant } = report;
  const table = speaker === "provider" ? PROVIDER_CODES : CODES;
  const known = codes.map((code) => code.toLowerCase()).filter((code) => Object.hasOwn(table, code));
  const clear = known.find((code) => !VAGUE.has(code));
  if (clear !== undefined) return table[clear] ?? "plugin_error";
  const vague = known[0] === undefined ? undefined : table[known[0]];
  const words = said.slice(0, MAX_WORDS);
  const guess = speaker === "provider" ? guessProvider(words, report) : guessPlugin(words, report);
  return guess ?? vague ?? meant ?? byStatus(speaker, status);
}

function guessPlugin(said: string, { status, isRead }: Report): ErrorCode | undefined {
  if (NOT_INITIALIZED.test(said)) return "plugin_not_initialized";
  // A missing route says "Not Found"; a missing model names it.
  if (status === 404 && /\bmodel\b/i.test(said)) return "plugin_model_not_found";
  return status === 404 && isRead === true ? "plugin_endpoint_missing" : undefined;
}

function guessProvider(said: string, { status, isRead }: Report): ErrorCode | undefined {
  if (status === 404 && isRead === true) return "plugin_endpoint_missing";
  if (status === 404 && /\bmodel\b/i.test(said)) return "plugin_model_not_found";
  const isOpen = status === undefined || status < 500;
  const words = isOpen && status !== 429 ? WORDS.find(([pattern]) => pattern.test(said)) : undefined;
  if (words) return words[1];
  // Its vague codes are vaguer than the status.
  return status !== undefined && status >= 400 ? byStatus("provider", status) : undefined;
}

function byStatus(speaker: Speaker, status: number | undefined): ErrorCode {
  const table = speaker === "provider" ? PROVIDER_STATUSES : STATUSES;
  const code = status === undefined ? undefined : table[status];
  if (code !== undefined) return code;
  return speaker === "provider" && status !== undefined && status >= 500
    ? "plugin_provider_unavailable"
    : "plugin_error";
}

/** Whether trying the same again may help, as far as the code tells. */
export function isTransient(code: ErrorCode): boolean {
  return TRANSIENT.has(code);
}

const TRANSIENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_rate_limited",
  "plugin_provider_unavailable",
  "plugin_timeout",
]);
