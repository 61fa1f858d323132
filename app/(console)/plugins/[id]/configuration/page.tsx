import type { Metadata } from "next";
import { PluginConfiguration } from "@/components/plugins/plugin-configuration.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export const metadata: Metadata = { title: "Configuration" };

export default async function ConfigurationPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Prefetch load={(client, query) => [client.prefetchQuery(query.config(id))]}>
      <PluginConfiguration />
    </Prefetch>
  );
}
