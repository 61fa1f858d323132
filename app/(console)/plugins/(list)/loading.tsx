import { PluginListSkeleton } from "@/components/plugins/list/plugin-list-skeleton.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

export default function Loading() {
  return (
    <>
      <PageHeader title="Plugins" />
      <PluginListSkeleton />
    </>
  );
}
