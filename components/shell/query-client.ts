import { QueryClient } from "@tanstack/react-query";

/** The cache behind the screens, one per render on the server and one per tab. What the server just fetched is not fetched again at once. */
export function createQueryClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { staleTime: 2_000, retry: false } } });
}
