"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { PlaygroundSkeleton } from "./playground-skeleton.tsx";
import { Workbench } from "./workbench.tsx";

/** The playground as soon as it is known which plugins there are. */
export function Playground() {
  const { data, error, refetch } = useQuery(queries(api).plugins);
  if (data) return <Workbench plugins={data} />;
  if (error) {
    return (
      <ErrorNotice error={error} title="The plugins could not be listed" onRetry={() => void refetch()} />
    );
  }
  return <PlaygroundSkeleton />;
}
