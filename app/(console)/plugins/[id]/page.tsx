import { LAST_HOUR } from "@/components/plugins/health/health-range.ts";
import { PluginOverview } from "@/components/plugins/plugin-overview.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export default async function PluginPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Prefetch load={(client, query) => [client.prefetchQuery(query.health(id, LAST_HOUR))]}>
      <PluginOverview />
    </Prefetch>
  );
}
