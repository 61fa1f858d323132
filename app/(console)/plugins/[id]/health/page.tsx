import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { LAST_DAY, toRange } from "@/components/plugins/health/health-range.ts";
import { HEALTH_QUERY } from "@/components/plugins/health/health-query.ts";
import { PluginHealth } from "@/components/plugins/health/plugin-health.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export const metadata: Metadata = { title: "Health" };

const readQuery = createLoader(HEALTH_QUERY);

export default async function HealthPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { id } = await params;
  const range = toRange(await readQuery(searchParams));
  return (
    <Prefetch
      load={(client, query) => [
        client.prefetchQuery(query.health(id, range)),
        client.prefetchQuery(query.health(id, LAST_DAY)),
      ]}
    >
      <PluginHealth />
    </Prefetch>
  );
}
