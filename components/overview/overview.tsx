"use client";

import { useQuery } from "@tanstack/react-query";
import { Blocks } from "lucide-react";
import { EXAMPLE_COMMAND } from "@/components/plugins/list/plugin-list-example.ts";
import { sortPlugins } from "@/components/plugins/list/plugin-filter.ts";
import { ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { needsAttention } from "@/lib/core/badge.ts";
import { AttentionList } from "./attention-list.tsx";
import { FirstRun } from "./first-run.tsx";
import { OverviewSkeleton } from "./overview-skeleton.tsx";
import { OverviewTable } from "./overview-table.tsx";
import { StateSummary } from "./state-summary.tsx";

/** Rows here; the whole list is one press away. */
const MOST = 25;

/** What needs a person first, then everything else at a glance. */
export function Overview() {
  const { data: plugins, error, refetch } = useQuery(queries(api).plugins);
  const { data: overview } = useQuery(queries(api).overview);
  const { data: folders } = useQuery(queries(api).folders);

  if (!plugins) {
    return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <OverviewSkeleton />;
  }
  if (plugins.length === 0) return <NoPlugins />;

  const sorted = sortPlugins(plugins, { sort: "state", order: "asc" });
  const attention = sorted.filter(needsAttention);
  return (
    <div className="flex flex-col gap-5">
      {plugins.every(({ type }) => type === "builtin") ? <FirstRun plugins={plugins} /> : null}
      <StateSummary plugins={plugins} />
      <AttentionList
        plugins={attention.slice(0, MOST)}
        incidents={overview?.incidents ?? []}
        files={folders?.problems ?? []}
      />
      <Panel
        title="Plugins"
        description="Over the last 24 hours"
        padded={false}
        actions={
          <ButtonLink href="/plugins" size="sm">
            {plugins.length > MOST ? `See all ${plugins.length}` : "Open list"}
          </ButtonLink>
        }
      >
        <OverviewTable plugins={sorted.slice(0, MOST)} />
      </Panel>
    </div>
  );
}

function NoPlugins() {
  return (
    <Panel>
      <EmptyState
        icon={<Blocks />}
        title="Register your first plugin"
        command={EXAMPLE_COMMAND}
        action={
          <ButtonLink href="/plugins/new" variant="primary">
            Add plugin
          </ButtonLink>
        }
      >
        A plugin is a small program that speaks for an AI provider. Add plugin offers some that are built in
        and need nothing. Or start ours with this command in the console&rsquo;s folder, then add it under
        http://127.0.0.1:8090.
      </EmptyState>
    </Panel>
  );
}
