"use client";

import { ProcessPanel } from "@/components/processes/process-panel.tsx";
import { DriftNotice } from "./manage/drift-notice.tsx";
import { PluginAttention } from "./plugin-attention.tsx";
import { PluginEjection } from "./plugin-ejection.tsx";
import { PluginFacts } from "./plugin-facts.tsx";
import { PluginFigures } from "./plugin-figures.tsx";
import { PluginFile } from "./plugin-file.tsx";
import { PluginFindings } from "./plugin-findings.tsx";
import { PluginLastCheck } from "./plugin-last-check.tsx";
import { PluginLatency } from "./health/plugin-latency.tsx";
import { PluginRefusal } from "./plugin-refusal.tsx";
import { PluginSteps } from "./plugin-steps.tsx";

/** The first tab: what needs doing, how it is, what it did last, what it is. */
export function PluginOverview() {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <PluginRefusal />
        <PluginAttention />
        <PluginEjection />
        <ProcessPanel />
        <PluginFile />
        <DriftNotice />
        <PluginFigures />
        <PluginLatency />
        <PluginSteps />
        <PluginFindings />
      </div>
      <div className="flex min-w-0 flex-col gap-5">
        <PluginLastCheck />
        <PluginFacts />
      </div>
    </div>
  );
}
