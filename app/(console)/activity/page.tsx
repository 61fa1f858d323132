import type { Metadata } from "next";
import { ActivityScreen } from "@/components/activity/activity-screen.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Activity" };

export default async function ActivityPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { plugin } = await searchParams;
  const pluginId = typeof plugin === "string" && plugin ? plugin : undefined;
  return (
    <>
      <PageHeader title="Activity" description="Who did what, when, and what it was before." />
      <Prefetch
        load={(client, query) => [
          client.prefetchInfiniteQuery(query.activity({ pluginId })),
          client.prefetchQuery(query.plugins),
        ]}
      >
        <ActivityScreen />
      </Prefetch>
    </>
  );
}
