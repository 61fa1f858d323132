"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSelectedLayoutSegment } from "next/navigation";
import { useCallback, useMemo, type ReactNode } from "react";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { TabLinks } from "@/components/ui/tabs.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { isAppError } from "@/lib/contract/error.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { PluginGone } from "./plugin-gone.tsx";
import { PluginHeader } from "./plugin-header.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { ScreenContext, type PluginVerb } from "./plugin-screen-context.ts";
import { PluginSkeleton } from "./plugin-skeleton.tsx";
import { PluginTrouble } from "./plugin-trouble.tsx";
import { PluginUnsaved } from "./plugin-unsaved.tsx";
import { useEnable } from "./use-enable.ts";

const CALLS: Record<PluginVerb, (id: string) => Promise<Plugin>> = {
  enable: (id) => api.enablePlugin(id),
  disable: (id) => api.disablePlugin(id),
  restart: (id) => api.restartPlugin(id),
  check: (id) => api.checkPlugin(id),
};

/** How often the steps of an operation under way are read, ms. */
const BUSY_POLL_MS = 500;

/** Head and tabs of one plugin, kept current, around the tab that is open. `id` is what stands in the URL: id or name. */
export function PluginScreen({ id, children }: { id: string; children: ReactNode }) {
  const { mutate, reset, variables, isPending, error: failure } = usePluginVerb(id);
  const { data, error, refetch } = useQuery({
    ...queries(api).plugin(id),
    ...(isPending ? { refetchInterval: BUSY_POLL_MS } : {}),
  });
  const segment = useSelectedLayoutSegment();
  const running = isPending ? variables : null;
  const failed = failure !== null;
  const { act, editing, unsaved, saveAndEnable, forget } = useEnable(data, mutate, reset);
  const dismiss = useCallback(() => {
    forget();
    if (failed) reset();
  }, [forget, failed, reset]);
  const screen = useMemo(
    () => (data ? { plugin: data, act, dismiss, running, editing } : null),
    [data, act, dismiss, running, editing],
  );

  if (isAppError(error) && error.code === "not_found") return <PluginGone />;
  if (!screen) {
    return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <PluginSkeleton />;
  }
  return (
    <ScreenContext value={screen}>
      <PluginHeader />
      <TabLinks
        label="Plugin"
        items={[
          { href: toPluginPath(id), label: "Overview", exact: true },
          { href: toPluginPath(id, "configuration"), label: "Configuration" },
          { href: toPluginPath(id, "health"), label: "Health" },
          {
            href: toPluginPath(id, "models"),
            label: "Models",
            count: screen.plugin.modelIds.length || undefined,
          },
          ...(screen.plugin.hasCommand ? [{ href: toPluginPath(id, "logs"), label: "Logs" }] : []),
          { href: toPluginPath(id, "activity"), label: "Activity" },
        ]}
      />
      {failure ? <ErrorNotice error={failure} onRetry={() => mutate(variables)} /> : null}
      {unsaved > 0 ? (
        <PluginUnsaved changes={unsaved} onSave={() => void saveAndEnable()} onClose={forget} />
      ) : null}
      {segment === null || segment === "configuration" ? null : <PluginTrouble />}
      {children}
    </ScreenContext>
  );
}

function usePluginVerb(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (verb: PluginVerb) => CALLS[verb](id),
    onSuccess: (plugin) => client.setQueryData(queries(api).plugin(id).queryKey, plugin),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queries(api).plugin(id).queryKey }),
        client.invalidateQueries({ queryKey: queries(api).plugins.queryKey }),
        client.invalidateQueries({ queryKey: queries(api).overview.queryKey }),
        // Without a filter: the lists of every filter.
        client.invalidateQueries({ queryKey: queries(api).activity({}).queryKey }),
      ]),
  });
}
