import { Skeleton } from "@/components/ui/skeleton.tsx";

/** The panel of addresses before it is known. */
export function ApprovalSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the allowed addresses"
      className="rounded-lg border border-line bg-surface"
    >
      <div className="flex h-16 flex-col justify-center gap-2 border-b border-line px-4">
        <Skeleton className="h-4 w-48" />
        <Skeleton className="h-4 w-96 max-w-full" />
      </div>
      {["a", "b", "c"].map((row) => (
        <div key={row} className="flex h-12 items-center gap-6 border-b border-line px-4 last:border-0">
          <Skeleton className="h-4 w-36" />
          <Skeleton className="h-4 w-28" />
          <Skeleton className="ml-auto h-7 w-20" />
        </div>
      ))}
    </div>
  );
}
