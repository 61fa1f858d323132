import { Metadata, status as Status } from "@grpc/grpc-js";

/** The gRPC status each error code of the plugin guide travels under. Hosts that know the trailer decide by the code. */
const STATUS = {
  authentication_failed: Status.UNAUTHENTICATED,
  rate_limit_exceeded: Status.RESOURCE_EXHAUSTED,
  invalid_request: Status.INVALID_ARGUMENT,
  model_not_found: Status.NOT_FOUND,
  provider_unavailable: Status.UNAVAILABLE,
  timeout: Status.DEADLINE_EXCEEDED,
  internal_error: Status.INTERNAL,
  quota_exceeded: Status.RESOURCE_EXHAUSTED,
  content_filter: Status.FAILED_PRECONDITION,
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
}

/** Turns anything thrown into a Fault that is safe to send. */
export function toFault(error) {
  if (error instanceof Fault) return error;
  // Timers and events that a signal interrupted carry the signal's reason in `cause`.
  if (error?.cause instanceof Fault) return error.cause;
  console.error(error);
  return new Fault("internal_error", "The plugin failed unexpectedly. Its log has the details.");
}

/** A Fault as gRPC sends it: a status, and the whole story as a PluginError in the trailer. */
export function toServiceError({ code, message, details }, PluginError) {
  const metadata = new Metadata();
  const error = { code, message, transient: TRANSIENT.has(code), ...(details && { details }) };
  metadata.set("loom-plugin-error-bin", PluginError.serialize(error));
  return { code: STATUS[code], details: message, metadata };
}
