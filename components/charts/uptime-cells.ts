import type { HealthReport, Incident } from "@/lib/contract/health.ts";

/** `down` when an incident touched the hour, `degraded` when checks failed without one, `none` when nothing was checked. */
export type UptimeState = "ok" | "degraded" | "down" | "none";

export interface UptimeCell {
  /** Epoch ms, `from` ≤ check < `to`. */
  from: number;
  to: number;
  state: UptimeState;
  checks: number;
  failures: number;
  /** 0–1; null without checks. */
  uptime: number | null;
  incidents: Incident[];
}

const HOUR_MS = 3_600_000;

/** The last 24 clock hours of a report, oldest first; the last one is the hour under way. */
export function toUptimeCells(report: Pick<HealthReport, "to" | "buckets" | "incidents">): UptimeCell[] {
  const end = Math.ceil(report.to / HOUR_MS) * HOUR_MS;
  return Array.from({ length: 24 }, (_, index) => {
    const from = end - (24 - index) * HOUR_MS;
    return toCell(report, from, from + HOUR_MS);
  });
}

function toCell(report: Pick<HealthReport, "buckets" | "incidents">, from: number, to: number): UptimeCell {
  const buckets = report.buckets.filter((bucket) => bucket.at >= from && bucket.at < to);
  const checks = buckets.reduce((sum, bucket) => sum + bucket.checks, 0);
  const failures = buckets.reduce((sum, bucket) => sum + bucket.failures, 0);
  const incidents = report.incidents.filter(
    ({ startedAt, endedAt }) =>
      Date.parse(startedAt) < to && (endedAt === null || Date.parse(endedAt) > from),
  );
  const uptime = checks === 0 ? null : (checks - failures) / checks;
  return {
    from,
    to,
    checks,
    failures,
    uptime,
    incidents,
    state: toState(checks, failures, incidents.length),
  };
}

function toState(checks: number, failures: number, incidents: number): UptimeState {
  if (checks === 0) return "none";
  if (failures === 0) return "ok";
  return incidents > 0 ? "down" : "degraded";
}
