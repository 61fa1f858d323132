import { AppError, isAppError } from "../contract/error.ts";
import type { ErrorCode, ErrorInfo } from "../contract/error.ts";
import type { Log } from "../log.ts";

/** Trying again cannot help with these: somebody has to change something first. */
const NEEDS_A_PERSON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_authentication_failed",
  "plugin_identity_mismatch",
  "config_incomplete",
  "address_needs_approval",
  "process_needs_approval",
  "process_folder_uncovered",
]);

const STOPS_TRAFFIC: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_identity_mismatch",
  "address_needs_approval",
  "address_forbidden",
  "process_port_taken",
]);

/** Nobody answered, or somebody else did: the next answer may come from a new process. */
const LOST_CONTACT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_unreachable",
  "plugin_timeout",
  "plugin_dns_error",
  "plugin_tls_error",
  "plugin_connection_lost",
  "plugin_wrong_content_type",
]);

/** What a proxy answers when the plugin behind it is gone. */
const GATEWAY_STATUS: ReadonlySet<number> = new Set([502, 503, 504]);

/** Our own trouble: it says nothing about the plugin and changes no verdict. */
const OWN_TROUBLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "storage_unavailable",
  "storage_full",
  "internal_error",
  "shutting_down",
]);

export function needsPerson({ code }: ErrorInfo): boolean {
  return NEEDS_A_PERSON.has(code);
}

/** Whatever worked before, nothing may be sent to the plugin any more until a person has said so. */
export function stopsTraffic({ code }: ErrorInfo): boolean {
  return STOPS_TRAFFIC.has(code);
}

export function isLostContact({ code, plugin }: ErrorInfo): boolean {
  return LOST_CONTACT.has(code) || GATEWAY_STATUS.has(plugin?.status ?? 0);
}

export function isOwnTrouble({ code }: ErrorInfo): boolean {
  return OWN_TROUBLE.has(code);
}

/** The plugin answered, with nothing that can be read as what was asked for. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_endpoint_missing",
  "plugin_invalid_response",
  "plugin_invalid_json",
  "plugin_response_too_large",
  "plugin_empty_response",
]);

/** A list of models like this one is a warning: it helps to choose, and is not law (`protocol.md`). */
export function isUnreadable({ code }: ErrorInfo): boolean {
  return UNREADABLE.has(code);
}

/** What to try when the place that failed had nothing better to say. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  plugin_unreachable: "Check that the plugin runs and listens on this address.",
  plugin_timeout: "The plugin runs but is too slow or stuck: look at its log, or restart it.",
  plugin_connection_lost: "The plugin hung up in the middle: look at its log.",
  plugin_dns_error: "Check the host name in the address.",
  plugin_authentication_failed: "Check the credentials in the configuration, then switch it on again.",
  plugin_endpoint_missing: "Check the address, in particular the path at its end.",
  plugin_wrong_content_type: "Check the port: another program seems to answer there.",
  plugin_not_initialized: "The console initialises it again with the next check.",
  validation_failed: "Correct this value in the configuration, then try again.",
  storage_unavailable: "Check the disk that holds the console's data directory.",
  storage_full: "Free some space on the disk that holds the console's data directory.",
};

const DEFAULT_HINT = "Look at the plugin's own log; it usually says more.";

/** The public shape of whatever was thrown, always with a hint. Unknown errors are ours: logged whole, shown as such. */
export function toFailure(error: unknown, log: Log): ErrorInfo {
  if (isAppError(error)) {
    const info = error.toInfo();
    return { ...info, hint: info.hint ?? HINTS[info.code] ?? DEFAULT_HINT };
  }
  log.error({ err: error }, "unexpected error in the host");
  return {
    code: "internal_error",
    message: "The console itself made a mistake here, not the plugin",
    hint: "The console's log has the details. Please report it.",
  };
}

/** What was caught and shown once, thrown again. */
export function toError({ code, message, ...more }: ErrorInfo): AppError {
  return new AppError(code, message, more);
}

/** Throws `request_aborted`: what was begun is not wanted any more. */
export function requireWanted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new AppError("request_aborted", "The start was interrupted by something newer.", {
    hint: "The newest steps are those that count.",
  });
}

export function disabledError(name: string): AppError {
  return new AppError("plugin_disabled", `${name} is switched off`, { hint: "Switch it on first" });
}

export function notReadyError(name: string, failure: ErrorInfo | null): AppError {
  const hint = failure
    ? `It could not be started: ${failure.message}`
    : "It is still starting: try again in a moment";
  return new AppError("plugin_not_ready", `${name} is not ready`, { hint });
}

export function shuttingDownError(): AppError {
  return new AppError("shutting_down", "The console is shutting down", {
    hint: "Try again when it is back.",
  });
}
