"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { formatCount, formatMs, formatPercent } from "@/components/ui/numbers.ts";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";

/** The figures of the last 24 hours; each leads to where it comes from. */
export function PluginFigures() {
  const { plugin } = usePluginScreen();
  const health = `${toPluginPath(plugin.id, "health")}?range=24h`;
  return (
    <dl className="grid grid-cols-2 rounded-lg border border-line bg-surface sm:grid-cols-4">
      <Figure label="Latency p50, 24 h" href={health}>
        {formatMs(plugin.p50Ms)}
      </Figure>
      <Figure label="Latency p95, 24 h" href={health}>
        {formatMs(plugin.p95Ms)}
      </Figure>
      <Figure label="Uptime, 24 h" href={health}>
        {formatPercent(plugin.uptime)}
      </Figure>
      <Figure label="Models" href={toPluginPath(plugin.id, "models")}>
        {plugin.initializedAt === null && plugin.modelIds.length === 0
          ? "—"
          : formatCount(plugin.modelIds.length)}
      </Figure>
    </dl>
  );
}

function Figure({ label, href, children }: { label: string; href: string; children: ReactNode }) {
  return (
    <div className="relative flex flex-col gap-0.5 border-line px-4 py-3 not-last:border-r max-sm:nth-2:border-r-0 max-sm:nth-[n+3]:border-t">
      <dt className="text-sm text-muted">
        <Link href={href} className="after:absolute after:inset-0 hover:text-ink">
          {label}
        </Link>
      </dt>
      <dd className="figures text-xl font-semibold tracking-tight">{children}</dd>
    </div>
  );
}
