"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Fragment, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { formatDay } from "@/components/ui/time.ts";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { ActivityEntry } from "./activity-entry.tsx";
import { ActivitySkeleton } from "./activity-skeleton.tsx";

const never = () => () => undefined;

/** Who did what, newest first, by day; of one plugin when `pluginId` is given. Stands inside a page or a tab. */
export function ActivityList({ pluginId }: { pluginId?: string | undefined }) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } =
    useInfiniteQuery(queries(api).activity({ pluginId }));
  // Days are the reader's; the server, which does not know their zone, counts in UTC.
  const zone = useSyncExternalStore<string | undefined>(
    never,
    () => undefined,
    () => "UTC",
  );

  if (!data)
    return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <ActivitySkeleton />;
  const entries = data.pages.flatMap((page) => page.entries);
  if (entries.length === 0) {
    return (
      <EmptyState icon={<History />} title="Nothing has happened yet">
        {pluginId
          ? "Whoever registers, configures or switches this plugin will be named here."
          : "Whoever signs in, registers, configures or switches something will be named here."}
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
        {entries.map((entry, index) => {
          const day = formatDay(Date.parse(entry.at), zone);
          const before = entries[index - 1];
          return (
            <Fragment key={entry.id}>
              {before && formatDay(Date.parse(before.at), zone) === day ? null : (
                <li className="bg-sunken/60 px-4 py-1.5 text-sm text-muted first:rounded-t-lg">{day}</li>
              )}
              <ActivityEntry entry={entry} />
            </Fragment>
          );
        })}
      </ol>
      {isFetchNextPageError ? <ErrorNotice error={error} onRetry={() => void fetchNextPage()} /> : null}
      {hasNextPage ? (
        <Button className="self-center" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Load older
        </Button>
      ) : (
        <p className="text-center text-sm text-muted">That is everything.</p>
      )}
    </div>
  );
}
