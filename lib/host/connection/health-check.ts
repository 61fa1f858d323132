import { AppError, isAppError } from "../../contract/error.ts";
import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginHealth } from "../../contract/protocol.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import type { PluginClient, Reply } from "../../transport/client.ts";
import { toFailure } from "../failure.ts";

/** A health check may take this long, and never longer than its interval (protocol.md). */
const DEADLINE_MS = 5_000;

/** One health check, as far as anybody can know it. */
export interface CheckResult {
  /** Epoch ms at which the question was asked. */
  at: number;
  ok: boolean;
  /** Ours, monotonic; null when nothing answered. */
  latencyMs: number | null;
  claimedLatencyMs: number | null;
  message: string | null;
  error: ErrorInfo | null;
  /** The plugin's own mark of this run of its process, from `details`; null when it gives none. */
  bootId: string | null;
  /** It says that it waits for `/initialize`. */
  notInitialized: boolean;
  /** What it answered; null when that was nothing to understand. */
  reply: Reply<PluginHealth> | null;
}

export interface CheckOptions {
  clock: Clock;
  log: Log;
  intervalMs: number;
  signal: AbortSignal;
}

/** Asks once. Never throws: a failing plugin is a result. When `signal` aborts, the result says so (`request_aborted`). */
export async function checkHealth(client: PluginClient, options: CheckOptions): Promise<CheckResult> {
  const { clock, log, intervalMs, signal } = options;
  const at = Math.round(clock.now());
  const startedMs = clock.monotonic();
  const deadline = clock.deadline(Math.min(DEADLINE_MS, intervalMs));
  try {
    const reply = await client.health(AbortSignal.any([signal, deadline.signal]));
    return fromAnswer(at, reply);
  } catch (error) {
    const expired = deadline.signal.aborted && !signal.aborted;
    const info = toFailure(expired ? lateError(error) : error, log);
    const answered = !expired && info.plugin !== undefined;
    return failedCheck(at, info, answered ? clock.monotonic() - startedMs : null);
  } finally {
    deadline.clear();
  }
}

/** A check that failed for a reason found elsewhere, for example while initialising again. */
export function failedCheck(at: number, error: ErrorInfo, latencyMs: number | null): CheckResult {
  return {
    at,
    ok: false,
    latencyMs,
    claimedLatencyMs: null,
    message: null,
    error,
    bootId: null,
    notInitialized: error.code === "plugin_not_initialized",
    reply: null,
  };
}

function fromAnswer(at: number, reply: Reply<PluginHealth>): CheckResult {
  const { value: health, latencyMs } = reply;
  const message = health.message === undefined || health.message === "" ? null : health.message;
  return {
    at,
    ok: health.healthy,
    latencyMs,
    claimedLatencyMs: health.latency_ms ?? null,
    message,
    error: health.healthy ? null : unhealthy(message).toInfo(),
    bootId: bootIdOf(health),
    notInitialized: !health.healthy && saysNotInitialized(health),
    reply,
  };
}

function unhealthy(message: string | null): AppError {
  return new AppError(
    "plugin_unhealthy",
    // The reason is the plugin's own, or ours when its answer was none: it is not put into its mouth.
    message === null ? "The plugin is not healthy, and gives no reason" : `Not healthy: ${message}`,
    {
      hint: "The plugin runs and answers; the reason lies in its configuration or in the service behind it.",
    },
  );
}

function lateError(cause: unknown): AppError {
  if (isAppError(cause) && cause.code === "plugin_timeout") return cause;
  return new AppError("plugin_timeout", "The plugin did not answer the health check in time", { cause });
}

function bootIdOf({ details }: PluginHealth): string | null {
  const id = details?.["boot_id"] ?? details?.["started_at"];
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}

const NOT_INITIALIZED = /\b(not|never)[ _-]?(been[ _-]?)?(yet[ _-]?)?initiali[sz]ed|\buninitiali[sz]ed/i;

function saysNotInitialized({ message, details }: PluginHealth): boolean {
  return NOT_INITIALIZED.test(message ?? "") || NOT_INITIALIZED.test(JSON.stringify(details ?? {}));
}
