"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Boxes, RefreshCw, TriangleAlert } from "lucide-react";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { PluginModels as Models } from "@/lib/contract/plugin.ts";
import { ModelTable } from "./model-table.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { TableSkeleton } from "./plugin-skeleton.tsx";
import { usePermission } from "./use-permission.ts";

/** What the plugin offers, how old that knowledge is, and a way to ask again. */
export function PluginModels() {
  const { plugin } = usePluginScreen();
  const mayOperate = usePermission("plugins:operate");
  const { data, error, refetch } = useQuery(queries(api).models(plugin.id));
  const refresh = useRefresh(plugin.id);
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <TableSkeleton />;
  const canRefresh = mayOperate && plugin.desired === "enabled";
  return (
    <Panel
      title="Models"
      description={<Age models={data} />}
      padded={false}
      actions={
        canRefresh ? (
          <Button
            size="sm"
            icon={<RefreshCw aria-hidden />}
            loading={refresh.isPending}
            onClick={() => refresh.mutate()}
          >
            Refresh
          </Button>
        ) : null
      }
    >
      {refresh.error ? (
        <div className="p-4">
          <ErrorNotice title="Could not refresh" error={refresh.error} onRetry={() => refresh.mutate()} />
        </div>
      ) : null}
      {data.warnings.length > 0 ? <Warnings warnings={data.warnings} /> : null}
      {data.models.length === 0 ? (
        <NoModels models={data} />
      ) : (
        <ModelTable pluginId={plugin.id} models={data.models} />
      )}
    </Panel>
  );
}

/** What the newest answer left to be desired. */
function Warnings({ warnings }: { warnings: readonly string[] }) {
  return (
    <ul aria-label="Warnings" className="flex flex-col gap-1 border-b border-line px-4 py-2.5 text-sm">
      {warnings.slice(0, MAX_WARNINGS).map((warning) => (
        <li key={warning} className="flex gap-2 wrap-anywhere">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          {upperFirst(warning)}
        </li>
      ))}
      {warnings.length > MAX_WARNINGS ? (
        <li className="pl-6 text-muted">{warnings.length - MAX_WARNINGS} more</li>
      ) : null}
    </ul>
  );
}

const MAX_WARNINGS = 5;

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function useRefresh(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.refreshModels(id),
    onSuccess: async (models) => {
      client.setQueryData(queries(api).models(id).queryKey, models);
      await client.invalidateQueries({ queryKey: queries(api).plugins.queryKey });
    },
  });
}

function Age({ models }: { models: Models }) {
  if (models.fetchedAt === null) return "Never read";
  return (
    <>
      Read <RelativeTime at={models.fetchedAt} />
    </>
  );
}

function NoModels({ models }: { models: Models }) {
  const { plugin } = usePluginScreen();
  if (models.fetchedAt !== null) {
    return (
      <EmptyState icon={<Boxes />} title="The plugin names no models">
        It answered GET /models with an empty list. You can still chat by typing a model&apos;s name in the
        playground.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Boxes />}
      title="Not read yet"
      action={<ButtonLink href={toPluginPath(plugin.id)}>Go to Overview</ButtonLink>}
    >
      {plugin.desired === "enabled"
        ? "Models are read as the last step of starting. The Overview says how far that is."
        : "Enable the plugin: reading its models is the last step of starting."}
    </EmptyState>
  );
}
