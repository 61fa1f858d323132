"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { HeartPulse } from "lucide-react";
import { useState } from "react";
import { describeHealth } from "@/components/charts/health-summary.ts";
import { HealthTable } from "@/components/charts/health-table.tsx";
import { LatencyChart } from "@/components/charts/latency-chart.tsx";
import { useTimeFormat } from "@/components/charts/time-format.ts";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { HealthReport } from "@/lib/contract/health.ts";
import { HealthIncidents } from "./health-incidents.tsx";
import { HealthRangePicker } from "./health-range-picker.tsx";
import { HealthUptime } from "./health-uptime.tsx";
import { RANGES, toRange } from "./health-range.ts";
import { toPluginPath } from "../plugin-path.ts";
import { usePluginScreen } from "../plugin-screen-context.ts";
import { HealthSkeleton } from "../plugin-skeleton.tsx";
import { useHealthQuery } from "./use-health-query.ts";

/** Latency over a range that lives in the URL, uptime by the hour, incidents. */
export function PluginHealth() {
  const { plugin } = usePluginScreen();
  const { query, choose, zoom } = useHealthQuery();
  const range = toRange(query);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...queries(api).health(plugin.id, range),
    // The old picture stays, dimmed, until the new stretch has arrived.
    placeholderData: keepPreviousData,
  });

  return (
    <div className="flex flex-col gap-5">
      <HealthRangePicker zoomed={"from" in range ? range : null} range={query.range} onChoose={choose} />
      {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <>
          <LatencyPanel
            report={data}
            words={"from" in range ? null : RANGES[query.range].words}
            stale={isPlaceholderData}
            onZoom={zoom}
          />
          <HealthUptime />
          <HealthIncidents report={data} />
        </>
      ) : error ? null : (
        <HealthSkeleton />
      )}
    </div>
  );
}

function LatencyPanel({
  report,
  words,
  stale,
  onZoom,
}: {
  report: HealthReport;
  words: string | null;
  stale: boolean;
  onZoom: (from: number, to: number) => void;
}) {
  const [asTable, setAsTable] = useState(false);
  const { moment } = useTimeFormat();
  const span = words ?? `${moment(report.from)} to ${moment(report.to)}`;
  const summary = describeHealth(report, span);
  return (
    <Panel
      title="Latency"
      description={summary}
      actions={
        <Button size="sm" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? "Show chart" : "Show table"}
        </Button>
      }
    >
      <div aria-busy={stale} className={stale ? "opacity-60 transition-opacity" : undefined}>
        {report.summary.checks === 0 ? (
          <NothingMeasured />
        ) : asTable ? (
          <HealthTable report={report} />
        ) : (
          <LatencyChart report={report} label={summary} height="h-72" onZoom={onZoom} />
        )}
      </div>
    </Panel>
  );
}

function NothingMeasured() {
  const { plugin, act } = usePluginScreen();
  const isOff = plugin.desired === "disabled";
  return (
    <EmptyState
      icon={<HeartPulse />}
      title="Nothing was measured here"
      action={
        isOff ? (
          <ButtonLink href={toPluginPath(plugin.id)}>Go to Overview to enable it</ButtonLink>
        ) : (
          <Button onClick={() => act("check")}>Check now</Button>
        )
      }
    >
      {isOff
        ? "A plugin that is switched off is not checked."
        : `It is checked every ${plugin.healthCheckIntervalSeconds} seconds; choose a range in which it was on.`}
    </EmptyState>
  );
}
