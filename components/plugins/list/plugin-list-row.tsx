"use client";

import Link from "next/link";
import { memo, type ReactNode } from "react";
import { cn } from "@/components/ui/class-names.ts";
import { formatMs, formatPercent } from "@/components/ui/numbers.ts";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";
import { StatusBadge } from "@/components/ui/status-badge.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { FileMark } from "../file-mark.tsx";
import { PluginListSwitch } from "./plugin-list-switch.tsx";

/** One plugin. Drawn again only when it changed: unchanged answers keep their identity in the query cache. */
export const PluginListRow = memo(function PluginListRow({ plugin }: { plugin: PluginSummary }) {
  const { id, name, badge, reason, providerType, version, p50Ms, p95Ms, uptime, sparkline, lastCheck } =
    plugin;
  return (
    <tr
      role="row"
      className="relative h-13 hover:bg-sunken/60 max-md:grid max-md:h-auto max-md:grid-cols-[1fr_auto_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:p-3"
    >
      <Cell className="pl-4 max-md:order-3">
        <span className="flex flex-wrap gap-1">
          <StatusBadge badge={badge} size="sm" />
          <FileMark state={plugin.fileState} />
        </span>
      </Cell>
      <th
        role="rowheader"
        scope="row"
        className="px-3 py-2 font-normal max-md:order-1 max-md:col-span-2 max-md:min-w-0 max-md:p-0"
      >
        <Link
          href={`/plugins/${encodeURIComponent(id)}`}
          title={`${name} (${providerType})`}
          className="line-clamp-2 rounded font-medium wrap-anywhere hover:underline"
        >
          {name}
        </Link>
        {reason ? (
          <span title={reason} className="line-clamp-2 text-sm wrap-anywhere text-muted max-md:line-clamp-3">
            {reason}
          </span>
        ) : null}
      </th>
      <Cell className="max-2xl:hidden">
        <span title={providerType} className="block truncate text-muted">
          {providerType}
        </span>
      </Cell>
      <Cell className="max-2xl:hidden">
        <span title={version} className="block truncate text-muted">
          {version}
        </span>
      </Cell>
      <Figure label="p50" className="max-md:order-4">
        {formatMs(p50Ms)}
      </Figure>
      <Figure className="max-xl:hidden">{formatMs(p95Ms)}</Figure>
      <Figure label="uptime" className="max-md:order-5">
        {formatPercent(uptime)}
      </Figure>
      <Cell className="max-md:hidden">
        <Sparkline values={sparkline} />
      </Cell>
      <Figure className="text-muted max-xl:hidden">
        {lastCheck ? <RelativeTime at={lastCheck.checkedAt} /> : "—"}
      </Figure>
      <Cell className="pr-4 text-right max-md:order-2">
        <PluginListSwitch plugin={plugin} />
      </Cell>
    </tr>
  );
});

function Cell({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <td role="cell" className={cn("px-3 py-2 align-middle max-md:p-0", className)}>
      {children}
    </td>
  );
}

/** A figure with its unit; on a phone, where there is no column head, with its name. */
function Figure({ label, className, children }: { label?: string; className?: string; children: ReactNode }) {
  return (
    <td
      role="cell"
      className={cn(
        "figures px-3 py-2 text-right align-middle whitespace-nowrap max-md:p-0 max-md:text-left",
        className,
      )}
    >
      {label ? <span className="mr-1 text-sm text-muted md:hidden">{label}</span> : null}
      {children}
    </td>
  );
}
