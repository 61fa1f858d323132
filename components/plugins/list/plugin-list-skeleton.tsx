import { Skeleton } from "@/components/ui/skeleton.tsx";

const ROWS = ["a", "b", "c", "d", "e", "f"];

/** The filter bar and some rows, in the sizes of the real ones. */
export function PluginListSkeleton() {
  return (
    <div role="status" aria-label="Loading plugins" className="flex flex-col gap-3">
      <div className="flex gap-2">
        <Skeleton className="h-8 w-80 max-w-[60%]" />
        <Skeleton className="h-8 w-36" />
      </div>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        <div className="h-9 max-md:hidden" />
        {ROWS.map((row) => (
          <div key={row} className="flex h-13 items-center gap-6 px-4">
            <Skeleton className="h-5 w-20" />
            <Skeleton className="h-4 w-40" />
            <Skeleton className="ml-auto h-4 w-16" />
            <Skeleton className="h-6 w-24 max-md:hidden" />
            <Skeleton className="h-5 w-9 rounded-full" />
          </div>
        ))}
      </div>
    </div>
  );
}
