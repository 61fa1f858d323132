/** The HTTP status each error code of the plugin guide travels under. */
const STATUS = {
  authentication_failed: 401,
  rate_limit_exceeded: 429,
  invalid_request: 400,
  model_not_found: 404,
  provider_unavailable: 502,
  timeout: 504,
  internal_error: 500,
  quota_exceeded: 429,
  content_filter: 422,
};

/** Whether trying the same request again later can help. */
const TRANSIENT = new Set(["rate_limit_exceeded", "provider_unavailable", "timeout"]);

export const FAULT_CODES = Object.keys(STATUS);

/** An error this plugin raises on purpose. Everything else becomes `internal_error`. */
export class Fault extends Error {
  /**
   * @param {keyof typeof STATUS} code
   * @param {string} message what happened, to what, and what to try
   * @param {{ retry_after?: number, limit?: number, remaining?: number }} [details] `retry_after` in seconds
   */
  constructor(code, message, details) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get status() {
    return STATUS[this.code];
  }

  /** The error object of the plugin guide. */
  toJSON() {
    return {
      code: this.code,
      message: this.message,
      transient: TRANSIENT.has(this.code),
      ...(this.details && { details: this.details }),
    };
  }
}

/** Turns anything thrown into a Fault that is safe to send. */
export function toFault(error) {
  if (error instanceof Fault) return error;
  // Timers and events that a signal interrupted carry the signal's reason in `cause`.
  if (error?.cause instanceof Fault) return error.cause;
  // express.json() marks a body it could not read with a 4xx status.
  if (error?.status >= 400 && error.status < 500) return new Fault("invalid_request", error.message);
  console.error(error);
  return new Fault("internal_error", "The plugin failed unexpectedly. Its log has the details.");
}
