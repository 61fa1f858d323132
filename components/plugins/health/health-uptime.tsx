"use client";

import { useQuery } from "@tanstack/react-query";
import { UptimeBar } from "@/components/charts/uptime-bar.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { formatPercent } from "@/components/ui/numbers.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { LAST_DAY } from "./health-range.ts";
import { usePluginScreen } from "../plugin-screen-context.ts";

/** The last 24 hours, hour by hour, whatever range the chart shows. */
export function HealthUptime() {
  const { plugin } = usePluginScreen();
  const { data, error, refetch } = useQuery(queries(api).health(plugin.id, LAST_DAY));
  return (
    <Panel
      title="Uptime, last 24 hours"
      actions={<span className="figures font-semibold">{formatPercent(data?.summary.uptime)}</span>}
    >
      {data ? (
        <UptimeBar report={data} />
      ) : error ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-16" />
      )}
    </Panel>
  );
}
