import type { ErrorCode } from "../contract/error.ts";

/** Failed chats in a row that eject a plugin (`reliability.md`, a misbehaving plugin: "health fine, chat broken"); a single one never does. */
const FAILURES_TO_EJECT = 5;
/** The n-th ejection in a row lasts n times this long, ms … */
const STEP_MS = 30_000;
/** … but never longer than this, ms. */
const LONGEST_MS = 300_000;

/** What the chats say so far. Both counts are consecutive; monotonic ms. */
export interface ChatRecord {
  failures: number;
  ejections: number;
  /** End of the newest ejection; from this instant on the plugin may be routed to again. */
  untilMs: number;
}

export const NOTHING_WRONG: ChatRecord = { failures: 0, ejections: 0, untilMs: -Infinity };

/**
 * The record after one more failed chat, which began at `beganMs` and failed at `nowMs`. A chat answered well needs no counterpart:
 * it forgives everything (`NOTHING_WRONG`). Whoever is back after an ejection is out again with its first failure, and for longer;
 * a chat that began before the end of the ejection was no such trial, so it counts and changes nothing else.
 */
export function afterFailedChat(record: ChatRecord, beganMs: number, nowMs: number): ChatRecord {
  const failures = record.failures + 1;
  if (failures < FAILURES_TO_EJECT || beganMs < record.untilMs) return { ...record, failures };
  const ejections = record.ejections + 1;
  return { failures, ejections, untilMs: nowMs + Math.min(STEP_MS * ejections, LONGEST_MS) };
}

export function isEjected({ untilMs }: ChatRecord, nowMs: number): boolean {
  return nowMs < untilMs;
}

/** The plugin's own faults. */
const FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_unreachable",
  "plugin_timeout",
  "plugin_tls_error",
  "plugin_dns_error",
  "plugin_connection_lost",
  "plugin_redirect_refused",
  "plugin_response_too_large",
  "plugin_wrong_content_type",
  "plugin_empty_response",
  "plugin_invalid_json",
  "plugin_invalid_response",
  "plugin_endpoint_missing",
  "plugin_authentication_failed",
  "plugin_not_initialized",
  "plugin_unhealthy",
  "plugin_provider_unavailable",
  "plugin_error",
  "plugin_stream_truncated",
]);

/**
 * Whether a chat that ended with this code speaks against the plugin. What the caller asked or stopped, limits that simply pass
 * (a rate, a quota), switching off and the console's own trouble do not.
 */
export function isChatFault(code: ErrorCode): boolean {
  return FAULTS.has(code);
}
