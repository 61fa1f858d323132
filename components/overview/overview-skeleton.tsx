import { Skeleton } from "@/components/ui/skeleton.tsx";

const ROWS = ["a", "b", "c", "d"];

/** The state figures and the table, in the sizes of the real ones. */
export function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading overview" className="flex flex-col gap-5">
      <div className="flex h-8 items-center gap-4">
        <Skeleton className="h-5 w-24" />
        <Skeleton className="h-5 w-24" />
      </div>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        <div className="flex h-16 items-center px-4">
          <Skeleton className="h-5 w-32" />
        </div>
        <div className="h-9" />
        {ROWS.map((row) => (
          <div key={row} className="flex h-11 items-center gap-6 px-4">
            <Skeleton className="h-4 w-40" />
            <Skeleton className="ml-auto h-5 w-20" />
            <Skeleton className="h-6 w-24 max-md:hidden" />
            <Skeleton className="h-4 w-14" />
          </div>
        ))}
      </div>
    </div>
  );
}
