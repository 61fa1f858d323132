import { PluginListSkeleton } from "@/components/plugins/plugin-list-skeleton.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

export default function Loading() {
  return (
    <>
      <PageHeader title="Plugins" />
      <PluginListSkeleton />
    </>
  );
}
