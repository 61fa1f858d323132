import { z } from "zod";

/**
 * Every error code the console can answer, with the HTTP status it travels under.
 * The only place where a code is mapped to a status. `plugin_*` codes describe a failing plugin, made at the transport's border.
 */
export const ERROR_STATUS = {
  // the caller
  bad_request: 400,
  invalid_json: 400,
  validation_failed: 422,
  invalid_manifest: 422,
  invalid_url: 422,
  address_forbidden: 422,
  address_needs_approval: 409,
  unauthenticated: 401,
  invalid_credentials: 401,
  invalid_setup_token: 403,
  forbidden: 403,
  cross_site_request: 403,
  host_not_allowed: 421,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  version_conflict: 409,
  endpoint_taken: 409,
  name_taken: 409,
  file_owned: 409,
  secrets_bound: 409,
  config_incomplete: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  // the plugin
  plugin_disabled: 409,
  plugin_not_ready: 409,
  plugin_unreachable: 502,
  plugin_timeout: 504,
  plugin_tls_error: 502,
  plugin_dns_error: 422,
  plugin_connection_lost: 502,
  plugin_redirect_refused: 502,
  plugin_response_too_large: 502,
  plugin_wrong_content_type: 502,
  plugin_empty_response: 502,
  plugin_invalid_json: 502,
  plugin_invalid_response: 502,
  plugin_endpoint_missing: 502,
  plugin_authentication_failed: 502,
  plugin_not_initialized: 502,
  plugin_identity_mismatch: 502,
  plugin_unhealthy: 502,
  plugin_rate_limited: 429,
  plugin_invalid_request: 400,
  plugin_model_not_found: 404,
  plugin_quota_exceeded: 429,
  plugin_content_filter: 422,
  plugin_provider_unavailable: 502,
  plugin_error: 502,
  plugin_stream_truncated: 502,
  // a process the console runs
  process_needs_approval: 409,
  process_folder_uncovered: 409,
  process_not_found: 502,
  process_not_executable: 502,
  process_port_taken: 502,
  process_not_ready: 504,
  process_out_of_memory: 502,
  process_exited: 502,
  request_aborted: 499,
  // ourselves
  console_unreachable: 503,
  shutting_down: 503,
  not_ready: 503,
  storage_unavailable: 503,
  storage_full: 507,
  internal_error: 500,
} as const satisfies Record<string, number>;

export const ErrorCode = z.enum(Object.keys(ERROR_STATUS) as [keyof typeof ERROR_STATUS]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** What a plugin said about its own failure. `retryAfterSeconds` and `transient` are absent when it did not say. */
export const PluginFault = z.object({
  /** The plugin's own code, verbatim, at most 100 characters. */
  code: z.string().optional(),
  /** HTTP status it came with. */
  status: z.number().int().optional(),
  transient: z.boolean().optional(),
  retryAfterSeconds: z.number().nonnegative().optional(),
  /** Of a rate limit or quota: how much there is, and how much of it is left. */
  limit: z.number().nonnegative().optional(),
  remaining: z.number().nonnegative().optional(),
  /** Short, printable, redacted excerpt of the body, at most 300 characters. */
  excerpt: z.string().optional(),
});
export type PluginFault = z.infer<typeof PluginFault>;

/** One thing wrong with one field of a request; `path` is written `messages[3].role`. */
export const FieldIssue = z.object({ path: z.string(), message: z.string() });
export type FieldIssue = z.infer<typeof FieldIssue>;

/** The one error shape of the API: what happened, to what (`field`), and what to do next (`hint`). */
export const ErrorInfo = z.object({
  code: ErrorCode,
  message: z.string(),
  field: z.string().optional(),
  hint: z.string().optional(),
  /** All field problems when there are several; the first is also in `field` and `message`. */
  issues: z.array(FieldIssue).optional(),
  /** Present when a plugin failed. */
  plugin: PluginFault.optional(),
  /** Machine-readable extras of one code, e.g. `{ pluginId }` of `endpoint_taken`. Never secrets. */
  details: z.record(z.string(), z.unknown()).optional(),
  requestId: z.string().optional(),
});
export type ErrorInfo = z.infer<typeof ErrorInfo>;

export const ErrorBody = z.object({ error: ErrorInfo });
export type ErrorBody = z.infer<typeof ErrorBody>;

type ErrorExtras = Omit<ErrorInfo, "code" | "message" | "requestId"> & { cause?: unknown };

/** The only error our own code throws on purpose. `message` is safe to show; `cause` goes to the log and nowhere else. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly extras: Omit<ErrorExtras, "cause">;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    const { cause, ...rest } = extras;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "AppError";
    this.code = code;
    this.extras = rest;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  /** The public shape, without cause or stack. */
  toInfo(): ErrorInfo {
    return { code: this.code, message: this.message, ...this.extras };
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
