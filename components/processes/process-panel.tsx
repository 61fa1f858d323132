"use client";

import { Terminal } from "lucide-react";
import { useEffect } from "react";
import { usePluginScreen } from "@/components/plugins/plugin-screen-context.ts";
import { toPluginPath } from "@/components/plugins/plugin-path.ts";
import { Fact, FactList } from "@/components/plugins/fact-list.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { PluginProcess } from "@/lib/contract/process.ts";
import { ProcessConsent } from "./process-consent.tsx";
import { ProcessExits } from "./process-exits.tsx";
import { ProcessLimits } from "./process-limits.tsx";
import { ProcessUsage } from "./process-usage.tsx";
import { PROCESS_CARD, showProcessCard } from "./review-command.tsx";
import { useProcess } from "./use-process.ts";

/** The process of a plugin that brings a command: whether it may run, how it runs, how it ended. Nothing for other plugins. */
export function ProcessPanel() {
  const { plugin } = usePluginScreen();
  const { data, error, refetch } = useProcess(plugin);
  if (!plugin.hasCommand) return null;
  if (data) return <Present id={plugin.id} process={data} />;
  return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null;
}

function Present({ id, process }: { id: string; process: PluginProcess }) {
  useEffect(() => {
    if (window.location.hash === `#${PROCESS_CARD}`) showProcessCard();
  }, []);
  return (
    <Panel
      title="Process"
      id={PROCESS_CARD}
      actions={
        <ButtonLink size="sm" icon={<Terminal aria-hidden />} href={toPluginPath(id, "logs")}>
          Log
        </ButtonLink>
      }
    >
      <div className="flex flex-col gap-4">
        <ProcessConsent process={process} />
        {process.allowed ? <State pluginId={id} process={process} /> : null}
      </div>
    </Panel>
  );
}

const WORDS: Record<PluginProcess["status"], string> = {
  stopped: "Not running",
  starting: "Starting",
  running: "Running",
  stopping: "Ending",
  waiting: "Waiting to be started again",
  parked: "Parked: it ended too often. Restart it when it is mended",
};

function State({ pluginId, process }: { pluginId: string; process: PluginProcess }) {
  const { status, pid, startedAt, nextStartAt, exits, limits } = process;
  return (
    <>
      <FactList>
        <Fact name="State">
          {WORDS[status]}
          {status === "waiting" && nextStartAt ? (
            <>
              {" "}
              <RelativeTime at={nextStartAt} upcoming />
            </>
          ) : null}
        </Fact>
        {pid === null ? null : (
          <Fact name="Pid">
            {pid}
            {startedAt ? (
              <span className="text-muted">
                {" "}
                · started <RelativeTime at={startedAt} />
              </span>
            ) : null}
          </Fact>
        )}
        <ProcessUsage process={process} />
      </FactList>
      <ProcessExits exits={exits} lastErrors={pid === null ? process.lastErrors : []} />
      <ProcessLimits pluginId={pluginId} limits={limits} />
    </>
  );
}
