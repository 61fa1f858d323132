import type { HealthReport } from "@/lib/contract/health.ts";
import { formatMs } from "../ui/numbers.ts";
import type { CursorPoint } from "./latency-plot.ts";
import { useTimeFormat } from "./time-format.ts";

/** The line under the chart: what the lines are, or the figures at the cursor. Keeps its height. */
export function ChartReadout({ report, point }: { report: HealthReport; point: CursorPoint | null }) {
  return (
    <p
      aria-live="polite"
      className="figures flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted sm:min-h-6"
    >
      {point ? <Reading report={report} point={point} /> : <Legend />}
    </p>
  );
}

function Legend() {
  return (
    <>
      <Key swatch="h-0.5 bg-current text-accent">p50, half of the checks are faster</Key>
      <Key swatch="h-px bg-current text-accent/70">p95</Key>
      <Key swatch="h-2.5 bg-current text-accent/15">fastest to slowest</Key>
      <Key swatch="h-1 bg-(--chart-bad)">failed checks</Key>
    </>
  );
}

function Key({ swatch, children }: { swatch: string; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className={`w-4 rounded-[1px] ${swatch}`} />
      {children}
    </span>
  );
}

function Reading({ report, point }: { report: HealthReport; point: CursorPoint }) {
  const { clock, moment } = useTimeFormat();
  const bucket = point.series.buckets[point.index];
  if (!bucket) return null;
  const spelled = report.to - report.from > 86_400_000 ? moment(bucket.at) : clock(bucket.at);
  const markers = report.markers.filter(({ at }) => at >= bucket.at && at < bucket.at + report.bucketMs);
  return (
    <>
      <span className="font-medium text-ink">{spelled}</span>
      {bucket.p50Ms === null ? (
        <span>{bucket.checks === 0 ? "not checked" : "no answer"}</span>
      ) : (
        <>
          <span>p50 {formatMs(bucket.p50Ms)}</span>
          <span>p95 {formatMs(bucket.p95Ms)}</span>
          <span>
            {formatMs(bucket.minMs)} to {formatMs(bucket.maxMs)}
          </span>
        </>
      )}
      <span>{bucket.checks === 1 ? "1 check" : `${bucket.checks} checks`}</span>
      {bucket.failures > 0 ? <span className="text-bad">{bucket.failures} failed</span> : null}
      {markers.map((marker) => (
        <span key={`${marker.at}${marker.kind}`}>◆ {marker.label}</span>
      ))}
    </>
  );
}
