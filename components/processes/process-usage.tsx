"use client";

import { Fact } from "@/components/plugins/fact-list.tsx";
import { useNow } from "@/components/ui/now.tsx";
import { formatBytes } from "@/components/ui/numbers.ts";
import type { PluginProcess } from "@/lib/contract/process.ts";
import { StartMarks, UsageLine } from "./usage-line.tsx";
import { WINDOW_MS } from "./usage-path.ts";

/** Memory, CPU and starts of the last half hour, one under the other over the same time. */
export function ProcessUsage({ process }: { process: PluginProcess }) {
  const { usage, starts, limits, pid } = process;
  // The page's clock moves in steps; what was measured since then belongs to the picture.
  const now = Math.max(useNow(), usage.at(-1)?.at ?? 0, starts.at(-1) ?? 0);
  const recent = usage.filter(({ at }) => at > now - WINDOW_MS);
  const latest = pid === null ? undefined : recent.at(-1);
  return (
    <>
      {recent.length === 0 ? null : (
        <>
          <Fact name="Memory">
            {latest ? formatBytes(latest.memoryBytes) : "—"}{" "}
            <span className="text-muted">of {limits.memoryMb} MB</span>
            <UsageLine
              points={recent.map(({ at, memoryBytes }) => ({ at, value: memoryBytes }))}
              name="Memory"
              now={now}
            />
          </Fact>
          <Fact name="CPU">
            {toShare(latest?.cpu)} <span className="text-muted">of a core</span>
            <UsageLine points={recent.map(({ at, cpu }) => ({ at, value: cpu }))} name="CPU" now={now} />
          </Fact>
        </>
      )}
      {starts.length === 0 ? null : (
        <Fact name="Starts">
          {starts.length} <span className="text-muted">in the last half hour</span>
          <StartMarks starts={starts} now={now} />
        </Fact>
      )}
    </>
  );
}

function toShare(cpu: number | null | undefined): string {
  return cpu === null || cpu === undefined ? "—" : `${Math.round(cpu * 100)}\u00a0%`;
}
