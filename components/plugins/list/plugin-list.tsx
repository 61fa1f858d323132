"use client";

import { useQuery } from "@tanstack/react-query";
import { Blocks, SearchX } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { usePluginFilter } from "./plugin-filter-state.ts";
import { countStates, filterPlugins, keepOrder, sortPlugins } from "./plugin-filter.ts";
import { PluginFilterBar } from "./plugin-filter-bar.tsx";
import { EXAMPLE_COMMAND } from "./plugin-list-example.ts";
import { PluginListSkeleton } from "./plugin-list-skeleton.tsx";
import { PluginListTable } from "./plugin-list-table.tsx";

/** All plugins: search, filter and sort in the URL; rows hold still while a pointer is among them. */
export function PluginList() {
  const { data: plugins, error, refetch } = useQuery(queries(api).plugins);
  const [filter, setFilter] = usePluginFilter();
  const [heldIds, setHeldIds] = useState<string[] | null>(null);
  const { q, state, sort, order } = useDeferredValue(filter);

  const rows = useMemo(
    () => sortPlugins(filterPlugins(plugins ?? [], { search: q, state }), { sort, order }),
    [plugins, q, state, sort, order],
  );
  const shown = useMemo(() => keepOrder(rows, heldIds), [rows, heldIds]);

  if (!plugins) {
    return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <PluginListSkeleton />;
  }
  if (plugins.length === 0) {
    return (
      <EmptyState
        icon={<Blocks />}
        title="No plugins yet"
        command={EXAMPLE_COMMAND}
        action={
          <ButtonLink href="/plugins/new" variant="primary">
            Add plugin
          </ButtonLink>
        }
      >
        A plugin is a small program that speaks for an AI provider. Add plugin offers some that are built in
        and need nothing. Or start ours with this command, then add it under http://127.0.0.1:8090.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <PluginFilterBar
        filter={filter}
        counts={countStates(plugins)}
        shown={rows.length}
        total={plugins.length}
        onChange={(change) => {
          setHeldIds(null);
          void setFilter(change);
        }}
      />
      {rows.length === 0 ? (
        <EmptyState
          icon={<SearchX />}
          title="No plugin matches"
          action={
            <Button onClick={() => void setFilter({ q: null, state: null })}>Clear search and filter</Button>
          }
        >
          {plugins.length} {plugins.length === 1 ? "plugin is" : "plugins are"} hidden by the search or the
          filter.
        </EmptyState>
      ) : (
        <PluginListTable
          plugins={shown}
          sort={sort}
          order={order}
          onSort={(next) => {
            setHeldIds(null);
            void setFilter(next);
          }}
          onHold={(held) => setHeldIds(held ? shown.map(({ id }) => id) : null)}
        />
      )}
    </div>
  );
}
