"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { Select } from "@/components/ui/input.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { ActivityList } from "./activity-list.tsx";

/** The whole trail, or one plugin's; which one stands in the URL. */
export function ActivityScreen() {
  const [pluginId, setPluginId] = useQueryState("plugin", parseAsString);
  const { data: plugins = [] } = useQuery(queries(api).plugins);
  const isGone = pluginId !== null && !plugins.some(({ id }) => id === pluginId);
  return (
    <div className="flex flex-col gap-4">
      <Select
        aria-label="Filter by plugin"
        className="max-w-72"
        value={pluginId ?? ""}
        onChange={(event) => void setPluginId(event.target.value || null)}
      >
        <option value="">All activity</option>
        {isGone ? <option value={pluginId}>A plugin that is not here any more</option> : null}
        {plugins.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <ActivityList pluginId={pluginId ?? undefined} />
    </div>
  );
}
