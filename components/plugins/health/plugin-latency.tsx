"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { describeHealth } from "@/components/charts/health-summary.ts";
import { LatencyChart } from "@/components/charts/latency-chart.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { LAST_HOUR } from "./health-range.ts";
import { toPluginPath } from "../plugin-path.ts";
import { usePluginScreen } from "../plugin-screen-context.ts";

/** The last hour at a glance. */
export function PluginLatency() {
  const { plugin } = usePluginScreen();
  const { data, error, refetch } = useQuery(queries(api).health(plugin.id, LAST_HOUR));
  const checkedAt = plugin.lastCheck?.checkedAt ?? null;
  useEffect(() => {
    if (checkedAt !== null) void refetch();
  }, [checkedAt, refetch]);
  return (
    <Panel
      title="Latency, last hour"
      actions={
        <ButtonLink size="sm" variant="ghost" href={toPluginPath(plugin.id, "health")}>
          Look closer
        </ButtonLink>
      }
    >
      <LatencyBody report={data} checkedAt={checkedAt} error={error} onRetry={() => void refetch()} />
    </Panel>
  );
}

function LatencyBody({
  report,
  checkedAt,
  error,
  onRetry,
}: {
  report: Awaited<ReturnType<typeof api.getHealth>> | undefined;
  checkedAt: string | null;
  error: unknown;
  onRetry: () => void;
}) {
  if (!report) return error ? <ErrorNotice error={error} onRetry={onRetry} /> : <Skeleton className="h-40" />;
  if (report.summary.checks === 0) {
    return (
      <p className="flex h-40 items-center justify-center px-4 text-center text-muted">
        {checkedAt !== null && Date.parse(checkedAt) >= report.from
          ? "The first point appears within a minute."
          : `Not checked in the last hour. An enabled plugin is checked every ${report.intervalSeconds} seconds.`}
      </p>
    );
  }
  return <LatencyChart report={report} label={describeHealth(report, "Last hour")} height="h-40" />;
}
