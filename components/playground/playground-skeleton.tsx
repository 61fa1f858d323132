import { Skeleton } from "@/components/ui/skeleton.tsx";
import { PANE } from "./layout.ts";

/** The shape of the playground before its content. */
export function PlaygroundSkeleton() {
  return (
    <div role="status" aria-label="Loading the playground" className={PANE}>
      <div className="flex gap-2 border-b border-line p-3">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-8 w-64" />
      </div>
      <div className="flex-1" />
      <div className="p-3">
        <Skeleton className="h-24 w-full" />
      </div>
    </div>
  );
}
