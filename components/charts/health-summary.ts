import type { HealthReport } from "@/lib/contract/health.ts";
import { formatCount, formatMs, formatPercent } from "../ui/numbers.ts";

type Summarised = Pick<HealthReport, "summary" | "incidents">;

/** A chart in a sentence or two: "Last hour: 720 checks, 3 failed, 99.5 % uptime. Half …". `span` opens it. */
export function describeHealth({ summary, incidents }: Summarised, span: string): string {
  const { checks, failures, uptime, p50Ms, p95Ms } = summary;
  if (checks === 0) return `${span}: no health checks.`;
  const counted = checks === 1 ? "1 check" : `${formatCount(checks)} checks`;
  const failed = failures === 0 ? "none failed" : `${formatCount(failures)} failed`;
  const speed =
    p50Ms === null
      ? "Nothing answered."
      : `Half answered within ${formatMs(p50Ms)}, 95 % within ${formatMs(p95Ms)}.`;
  const open = incidents.filter(({ endedAt }) => endedAt === null).length;
  const trouble =
    incidents.length === 0
      ? "No incidents."
      : `${incidents.length === 1 ? "1 incident" : `${incidents.length} incidents`}${open > 0 ? ", still going on" : ""}.`;
  return `${span}: ${counted}, ${failed}, ${formatPercent(uptime)} uptime. ${speed} ${trouble}`;
}
