import type { ErrorInfo } from "../../contract/error.ts";
import type { HealthMarker, Sample } from "../../contract/health.ts";
import type { LastCheck } from "../../contract/plugin.ts";
import type { Clock } from "../../core/clock.ts";
import { afterRateLimit, nextVerdict, UNKNOWN } from "../../core/verdict.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { CheckResult } from "../connection/health-check.ts";
import type { PluginStatus } from "../host.ts";
import type { SampleWriter } from "./sample-writer.ts";
import { createSampleWindow } from "./sample-window.ts";

/** The health axis of one plugin. `report` is the only door for a result: verdict, incident and samples follow from it. */
export interface HealthTracker {
  verdict(): Verdict;
  lastCheck(): LastCheck | null;
  stats(): PluginStatus["stats"];
  /** Monotonic ms before which the plugin asked not to be checked again (`Retry-After`); -Infinity when it did not ask. */
  notBeforeMs(): number;
  report(result: CheckResult): void;
  /** Back to unknown: it starts over. An open incident stays open until the plugin is up. */
  restart(): void;
  /** Back to unknown: it was switched off, so nothing is wrong any more. */
  close(): void;
  /** Stored samples of the last 24 h, oldest first; may come while new ones arrive already. */
  warm(stored: readonly Sample[]): void;
  /** The database has an open incident from an earlier run of the console. */
  resumeIncident(): void;
  /** Explains a change in the line. */
  mark(kind: HealthMarker["kind"], label: string): void;
}

export function createHealthTracker(
  pluginId: string,
  { clock, sampleWriter }: { clock: Clock; sampleWriter: SampleWriter },
): HealthTracker {
  const window = createSampleWindow();
  let verdict: Verdict = UNKNOWN;
  let lastCheck: LastCheck | null = null;
  let firstFailure: { at: number; error: ErrorInfo } | null = null;
  let incidentOpen = false;
  let notBeforeMs = -Infinity;

  function openIncident(): void {
    if (incidentOpen || firstFailure === null) return;
    incidentOpen = true;
    const { at, error } = firstFailure;
    sampleWriter.event(pluginId, (data) => data.incidents.open(pluginId, toIso(at), error));
  }

  function closeIncident(at: number): void {
    if (!incidentOpen) return;
    incidentOpen = false;
    sampleWriter.event(pluginId, (data) => data.incidents.close(pluginId, toIso(at)));
  }

  function restart(): void {
    verdict = UNKNOWN;
    firstFailure = null;
    notBeforeMs = -Infinity;
  }

  return {
    verdict: () => verdict,
    lastCheck: () => lastCheck,
    stats: () => window.stats(clock.now()),
    notBeforeMs: () => notBeforeMs,
    report(result) {
      const sample = toSample(result);
      window.add(sample);
      sampleWriter.sample(pluginId, sample);
      lastCheck = toLastCheck(result);
      verdict = isRateLimited(result) ? afterRateLimit() : nextVerdict(verdict, result.ok);
      notBeforeMs = clock.monotonic() + (waitOf(result) ?? -Infinity);
      if (result.error === null || isRateLimited(result)) firstFailure = null;
      else firstFailure ??= { at: result.at, error: result.error };
      if (verdict.health === "down") openIncident();
      if (verdict.health === "up") closeIncident(result.at);
    },
    restart,
    close() {
      restart();
      closeIncident(clock.now());
    },
    warm: window.warm,
    resumeIncident: () => void (incidentOpen = true),
    mark(kind, label) {
      const at = Math.round(clock.now());
      sampleWriter.event(pluginId, (data) => data.markers.add(pluginId, { at, kind, label }));
    },
  };
}

/** A plugin that says "too many requests" is there: its uptime goes on. */
function toSample(result: CheckResult): Sample {
  const { at, ok, latencyMs, error } = result;
  return { at, ok: ok || isRateLimited(result), latencyMs, code: error?.code ?? null };
}

function isRateLimited({ error }: CheckResult): boolean {
  return error?.code === "plugin_rate_limited";
}

/** An hour at most: what is wrong by then is worth a look. */
const LONGEST_WAIT_MS = 3_600_000;

function waitOf({ error }: CheckResult): number | null {
  const seconds = error?.plugin?.retryAfterSeconds;
  return seconds === undefined ? null : Math.min(seconds * 1000, LONGEST_WAIT_MS);
}

function toLastCheck({ at, ok, latencyMs, claimedLatencyMs, message, error }: CheckResult): LastCheck {
  return { checkedAt: toIso(at), ok, latencyMs, claimedLatencyMs, message, error };
}

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
