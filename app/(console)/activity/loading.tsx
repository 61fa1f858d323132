import { ActivitySkeleton } from "@/components/activity/activity-skeleton.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <>
      <PageHeader title="Activity" description="Who did what, when, and what it was before." />
      <div className="flex flex-col gap-4">
        <Skeleton className="h-8 w-72 max-w-full" />
        <ActivitySkeleton />
      </div>
    </>
  );
}
