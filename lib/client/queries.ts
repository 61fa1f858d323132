import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { isAppError } from "../contract/error.ts";
import type { Api, TimeRange } from "./api.ts";

/** How often screens ask again, ms. A plugin that is changing state is watched more closely. */
const POLL_MS = { steady: 5_000, changing: 700, slow: 15_000 } as const;
const CHANGING = new Set(["starting", "initializing", "draining"]);

/** A range that ends "now" slides: ask for the last `lastMs`, or for a fixed stretch. */
export type RangeChoice = { lastMs: number } | { from: number; to: number };

function toTimeRange(range: RangeChoice): TimeRange {
  if ("from" in range) return range;
  const to = Date.now();
  return { from: to - range.lastMs, to };
}

/** Only an unreachable console is worth asking again by itself; every other error is an answer. */
const retry = (failures: number, error: Error) =>
  failures < 2 && isAppError(error) && error.code === "console_unreachable";

/** Every query of the product, each with its one address. */
export function queries(api: Api) {
  return {
    me: queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => api.me(signal), staleTime: 60_000, retry }),
    setup: queryOptions({ queryKey: ["setup"], queryFn: ({ signal }) => api.setupState(signal), retry }),
    overview: queryOptions({
      queryKey: ["overview"],
      queryFn: ({ signal }) => api.overview(signal),
      refetchInterval: POLL_MS.steady,
      retry,
    }),
    plugins: queryOptions({
      queryKey: ["plugins"],
      queryFn: ({ signal }) => api.listPlugins(signal),
      refetchInterval: (query) =>
        query.state.data?.some((plugin) => CHANGING.has(plugin.lifecycle))
          ? POLL_MS.changing
          : POLL_MS.steady,
      retry,
    }),
    folders: queryOptions({
      queryKey: ["folders"],
      queryFn: ({ signal }) => api.listFolders(signal),
      refetchInterval: POLL_MS.steady,
      retry,
    }),
    plugin: (id: string) =>
      queryOptions({
        queryKey: ["plugin", id],
        queryFn: ({ signal }) => api.getPlugin(id, signal),
        refetchInterval: (query) =>
          CHANGING.has(query.state.data?.lifecycle ?? "") ? POLL_MS.changing : POLL_MS.steady,
        retry,
      }),
    config: (id: string) =>
      queryOptions({
        queryKey: ["plugin", id, "config"],
        queryFn: ({ signal }) => api.getConfig(id, signal),
        retry,
      }),
    effectiveConfig: (id: string) =>
      queryOptions({
        queryKey: ["plugin", id, "config", "effective"],
        queryFn: ({ signal }) => api.getEffectiveConfig(id, signal),
        retry,
      }),
    revisions: (id: string) =>
      queryOptions({
        queryKey: ["plugin", id, "config", "revisions"],
        queryFn: ({ signal }) => api.listRevisions(id, signal),
        retry,
      }),
    health: (id: string, range: RangeChoice) =>
      queryOptions({
        queryKey: ["plugin", id, "health", range],
        queryFn: ({ signal }) => api.getHealth(id, toTimeRange(range), signal),
        refetchInterval: "lastMs" in range ? POLL_MS.steady : false,
        retry,
      }),
    models: (id: string) =>
      queryOptions({
        queryKey: ["plugin", id, "models"],
        queryFn: ({ signal }) => api.getModels(id, signal),
        refetchInterval: POLL_MS.slow,
        retry,
      }),
    process: (id: string) =>
      queryOptions({
        queryKey: ["plugin", id, "process"],
        queryFn: ({ signal }) => api.getProcess(id, signal),
        refetchInterval: (query) =>
          query.state.data?.status === "running" ? POLL_MS.steady : POLL_MS.changing * 2,
        retry,
      }),
    approvals: queryOptions({
      queryKey: ["approvals"],
      queryFn: ({ signal }) => api.listApprovals(signal),
      refetchInterval: POLL_MS.slow,
      retry,
    }),
    activity: (filter: { pluginId?: string | undefined }) =>
      infiniteQueryOptions({
        queryKey: ["activity", filter],
        queryFn: ({ pageParam, signal }) =>
          api.listActivity({ ...filter, cursor: pageParam, limit: 50 }, signal),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        refetchInterval: POLL_MS.slow,
        retry,
      }),
  };
}
