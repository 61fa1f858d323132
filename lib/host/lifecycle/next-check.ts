import { nextCheckMs } from "../../core/schedule.ts";
import { isConfirming } from "../../core/verdict.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { HealthTracker } from "../health/health-tracker.ts";
import type { NextCheck } from "../health/check-scheduler.ts";
import type { LifecycleController } from "./lifecycle-controller.ts";

/** Soon enough for somebody who watches: a first check that failed, or a plugin that has just come back. */
const CONFIRM_MS = 5_000;
/** A plugin that is down because its credentials were refused is not helped by asking often. */
const REFUSED_FACTOR = 5;
const LONGEST_WAIT_MS = 3_600_000;

export interface NextCheckOptions {
  record: PluginRecord;
  controller: LifecycleController;
  tracker: HealthTracker;
  check: () => Promise<void>;
  attempt: () => Promise<void>;
}

/** What the scheduler is to do with one plugin now: health checks, the next attempt after a failure, or nothing. */
export function toNextCheck({
  record,
  controller,
  tracker,
  check,
  attempt,
}: NextCheckOptions): NextCheck | null {
  const retry = controller.retry();
  if (retry !== null && controller.lifecycle() === "failed") {
    return {
      key: `retry ${retry.attempt}`,
      delayMs: () => retry.delayMs,
      run: attempt,
    };
  }
  if (controller.lifecycle() !== "ready") return null;
  const intervalMs = record.healthCheckIntervalSeconds * 1000;
  return {
    // A check that somebody asked for may have brought a time to wait, which the plan made before knows nothing of.
    key: `check every ${intervalMs} ms, not before ${tracker.notBeforeMs()}`,
    delayMs: (nowMs) => checkDelayMs(record.id, intervalMs, nowMs, tracker),
    run: check,
  };
}

function checkDelayMs(id: string, intervalMs: number, nowMs: number, tracker: HealthTracker): number {
  return Math.max(plannedDelayMs(id, intervalMs, nowMs, tracker), tracker.notBeforeMs() - nowMs);
}

function plannedDelayMs(id: string, intervalMs: number, nowMs: number, tracker: HealthTracker): number {
  const verdict = tracker.verdict();
  if (isConfirming(verdict)) return Math.min(CONFIRM_MS, intervalMs);
  const refused =
    verdict.health === "down" && tracker.lastCheck()?.error?.code === "plugin_authentication_failed";
  const everyMs = refused ? Math.min(intervalMs * REFUSED_FACTOR, LONGEST_WAIT_MS) : intervalMs;
  return nextCheckMs(id, everyMs, nowMs) - nowMs;
}
