"use client";

import { CircleCheck, CircleX } from "lucide-react";
import { formatMs } from "@/components/ui/numbers.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { LastCheck } from "@/lib/contract/plugin.ts";
import { Fact, FactList } from "./fact-list.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";

/** Below this interval "next" would only ever say "in a moment". */
const TELLING_SECONDS = 30;

/** The newest check: what we measured beside what the plugin claims. */
export function PluginLastCheck() {
  const { plugin } = usePluginScreen();
  const { lastCheck, nextCheckAt } = plugin;
  return (
    <Panel title="Last health check">
      {lastCheck ? (
        <FactList>
          <Fact name="Result">
            <Outcome check={lastCheck} />
          </Fact>
          <Fact name="When">
            <RelativeTime at={lastCheck.checkedAt} />
          </Fact>
          <Fact name="Measured here">{formatMs(lastCheck.latencyMs)}</Fact>
          <Fact name="Plugin's claim">{formatMs(lastCheck.claimedLatencyMs)}</Fact>
          {lastCheck.message ? <Fact name="It says">“{lastCheck.message}”</Fact> : null}
          {nextCheckAt &&
          plugin.desired === "enabled" &&
          plugin.healthCheckIntervalSeconds >= TELLING_SECONDS ? (
            <Fact name="Next">
              <RelativeTime at={nextCheckAt} upcoming />
            </Fact>
          ) : null}
        </FactList>
      ) : (
        <p className="text-muted">
          {plugin.desired === "enabled"
            ? "Not checked yet."
            : "A plugin that is switched off is not checked."}
        </p>
      )}
    </Panel>
  );
}

function Outcome({ check }: { check: LastCheck }) {
  return check.ok ? (
    <span className="inline-flex items-center gap-1.5 text-ok">
      <CircleCheck aria-hidden className="size-4" />
      Passed
    </span>
  ) : (
    <span className="inline-flex items-center gap-1.5 text-bad">
      <CircleX aria-hidden className="size-4" />
      Failed
    </span>
  );
}
