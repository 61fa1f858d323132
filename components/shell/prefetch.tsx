import { dehydrate, type QueryClient } from "@tanstack/react-query";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { queries } from "@/lib/client/queries.ts";
import { serverApi } from "@/lib/client/server.ts";
import { HydratedQueries } from "./hydrated-queries.tsx";
import { createQueryClient } from "./query-client.ts";

/** A page is served after this, ms, with whatever is there: a look at a plugin's many files can take seconds. */
const PATIENCE_MS = 1_000;

/**
 * Fetches the first paint of a page from our own API and hands it to the browser's cache.
 * What fails, or takes too long, is left out: the browser asks again and shows the error where it belongs; a visitor without a session
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
  const loading = Promise.all(load(client, queries(serverApi(await headers()))));
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([loading, new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)))]);
  clearTimeout(timer);
  return <HydratedQueries state={dehydrate(client)}>{children}</HydratedQueries>;
}
