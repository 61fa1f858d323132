import { Skeleton } from "@/components/ui/skeleton.tsx";

const ROWS = ["a", "b", "c", "d", "e", "f"];

/** Lines in the size of the real ones. */
export function ActivitySkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading activity"
      className="divide-y divide-line rounded-lg border border-line bg-surface"
    >
      <div className="h-8 bg-sunken/60" />
      {ROWS.map((row) => (
        <div key={row} className="flex h-10 items-center gap-3 px-4">
          <Skeleton className="size-4" />
          <Skeleton className="h-4 w-64 max-w-[60%]" />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
