import { Skeleton } from "@/components/ui/skeleton.tsx";

/** Head and tabs while they load. */
export function PluginSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <Skeleton className="h-6 w-20" />
        <Skeleton className="h-7 w-64 max-w-full" />
        <Skeleton className="h-5 w-96 max-w-full" />
      </div>
      <Skeleton className="h-9 w-full" />
      <PluginOverviewSkeleton />
    </div>
  );
}

export function PluginOverviewSkeleton() {
  return (
    <div aria-busy className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-5">
        <Skeleton className="h-20" />
        <Skeleton className="h-56" />
        <Skeleton className="h-44" />
      </div>
      <Skeleton className="h-96" />
    </div>
  );
}

export function HealthSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-5">
      <Skeleton className="h-8 w-80 max-w-full" />
      <Skeleton className="h-96" />
      <Skeleton className="h-32" />
    </div>
  );
}

export function ConfigurationSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-6 rounded-lg border border-line p-4">
      {[1, 2, 3, 4].map((row) => (
        <div key={row} className="flex max-w-2xl flex-col gap-2">
          <Skeleton className="h-5 w-32" />
          <Skeleton className="h-8" />
          <Skeleton className="h-4 w-64 max-w-full" />
        </div>
      ))}
    </div>
  );
}

export function TableSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-2">
      <Skeleton className="h-9" />
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} className="h-9" />
      ))}
    </div>
  );
}
