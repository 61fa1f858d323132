"use client";

import { hydrate, HydrationBoundary, useQueryClient, type DehydratedState } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";

/**
 * Hands what the server fetched to the browser's cache before the first draw, also what another component has asked for meanwhile
 * and waits for: `HydrationBoundary` leaves such a query to an effect, so that the page would be drawn without its data, and
 * hydrated unlike it was served.
 */
export function HydratedQueries({ state, children }: { state: DehydratedState; children: ReactNode }) {
  const client = useQueryClient();
  const merged = useMemo(() => {
    const awaited = state.queries.filter(({ queryKey }) => client.getQueryData(queryKey) === undefined);
    hydrate(client, { queries: awaited });
    return state;
  }, [client, state]);
  return <HydrationBoundary state={merged}>{children}</HydrationBoundary>;
}
