import type { Metadata } from "next";
import { PluginModels } from "@/components/plugins/plugin-models.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export const metadata: Metadata = { title: "Models" };

export default async function ModelsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Prefetch load={(client, query) => [client.prefetchQuery(query.models(id))]}>
      <PluginModels />
    </Prefetch>
  );
}
