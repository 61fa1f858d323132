import type { Metadata } from "next";
import { ActivityList } from "@/components/activity/activity-list.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export const metadata: Metadata = { title: "Activity" };

export default async function PluginActivityPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Prefetch load={(client, query) => [client.prefetchInfiniteQuery(query.activity({ pluginId: id }))]}>
      <ActivityList pluginId={id} />
    </Prefetch>
  );
}
