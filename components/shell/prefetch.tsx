import { dehydrate, HydrationBoundary, type QueryClient } from "@tanstack/react-query";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { queries } from "@/lib/client/queries.ts";
import { serverApi } from "@/lib/client/server.ts";
import { createQueryClient } from "./query-client.ts";

/**
 * Fetches the first paint of a page from our own API and hands it to the browser's cache.
 * What fails is left out: the browser asks again and shows the error where it belongs; a visitor without a session
 * was already sent to sign-in by the layout.
 */
export async function Prefetch({
  load,
  children,
}: {
  load: (client: QueryClient, query: ReturnType<typeof queries>) => Array<Promise<void>>;
  children: ReactNode;
}) {
  const client = createQueryClient();
  await Promise.all(load(client, queries(serverApi(await headers()))));
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
