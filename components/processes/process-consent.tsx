"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck, TerminalSquare } from "lucide-react";
import { usePluginScreen } from "@/components/plugins/plugin-screen-context.ts";
import { usePermission } from "@/components/plugins/use-permission.ts";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import type { PluginProcess, ProcessCommand } from "@/lib/contract/process.ts";
import { CommandFacts } from "./command-facts.tsx";
import { FileChanges } from "./file-changes.tsx";
import { RevokeProcess } from "./revoke-process.tsx";

/** Whether the command may run: what it is exactly, what has changed since it was approved, and the approval itself. */
export function ProcessConsent({ process }: { process: PluginProcess }) {
  const { allowed, command, problem, approved, approval, coverage } = process;
  if (!allowed) {
    return (
      <p className="flex items-start gap-2 text-muted">
        <TerminalSquare aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          Its manifest has a command, but this console does not start processes. Start the plugin yourself, or
          have the operator set <code className="text-ink">LOOM_ALLOW_PROCESSES=true</code>.
        </span>
      </p>
    );
  }
  if (problem) {
    return (
      <div className="flex flex-col items-start gap-2">
        <ErrorNotice
          title={
            process.runsApproved
              ? "There is nothing that could be started anew. What runs now is the approved version"
              : "There is nothing that could be started"
          }
          error={problem}
        />
        {approval ? <RevokeProcess /> : null}
      </div>
    );
  }
  if (!command) return null;
  if (approved && approval) {
    return (
      <div className="flex flex-wrap items-start justify-between gap-2">
        <details className="min-w-0 flex-1 basis-64">
          <summary className="cursor-pointer text-sm leading-7 text-muted">
            <ShieldCheck aria-hidden className="mr-1.5 inline size-4 text-ok" />
            Approved by {approval.approvedBy} <RelativeTime at={approval.approvedAt} />
          </summary>
          <div className="mt-2">
            <CommandFacts command={command} coverage={coverage} before={null} />
          </div>
        </details>
        <RevokeProcess />
      </div>
    );
  }
  return <Ask process={process} command={command} />;
}

function Ask({ process, command }: { process: PluginProcess; command: ProcessCommand }) {
  const { coverage, changes, runsApproved } = process;
  const before = process.approval?.command ?? null;
  const { plugin } = usePluginScreen();
  const client = useQueryClient();
  const mayApprove = usePermission("settings:write");
  const approve = useMutation({
    mutationFn: () => api.approveProcess(plugin.id, command),
    onSuccess: (next) => client.setQueryData(queries(api).process(plugin.id).queryKey, next),
    onSettled: () => client.invalidateQueries({ queryKey: queries(api).plugin(plugin.id).queryKey }),
  });
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-start gap-2">
        <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <span>
          {before
            ? `What would run is not what was approved. ${runsApproved ? "What runs now is the approved version. " : ""}Look at the difference before you agree again.`
            : "An admin has to agree before the console runs this program on its machine, with the console's own rights."}
        </span>
      </p>
      <CommandFacts command={command} coverage={coverage} before={before} />
      {changes ? <FileChanges changes={changes} /> : null}
      {approve.error ? <ErrorNotice error={approve.error} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          icon={<ShieldCheck aria-hidden />}
          disabled={!mayApprove}
          loading={approve.isPending}
          onClick={() => approve.mutate()}
        >
          Approve exactly this
        </Button>
        {before ? <RevokeProcess /> : null}
        <p className="min-w-0 flex-1 basis-48 text-sm text-muted">
          {mayApprove
            ? `This also lets the console connect to ${plugin.endpoint}.${process.pid === null ? "" : whatFollows(plugin)}`
            : "Only an admin can approve it."}
        </p>
      </div>
    </div>
  );
}

/** What an approval does to what runs. */
function whatFollows({ steps }: Plugin): string {
  const wasRefused = steps.some(({ name, status }) => name === "process" && status === "failed");
  return wasRefused
    ? " It is restarted at once, with what you approve."
    : " What runs now goes on until the next restart.";
}
