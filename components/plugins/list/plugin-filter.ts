import type { Badge, PluginSummary } from "@/lib/contract/plugin.ts";
import { needsAttention } from "@/lib/core/badge.ts";

/** What the state filter offers: everything, what needs attention, or one badge. */
export const STATE_FILTERS = [
  "all",
  "attention",
  "healthy",
  "degraded",
  "down",
  "failed",
  "parked",
  "starting",
  "unknown",
  "disabled",
] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

export const SORT_KEYS = ["state", "name", "provider", "p50", "p95", "uptime", "checked"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export const SORT_ORDERS = ["asc", "desc"] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

/** Worst first: what a person has to look at, then what is moving, then what is well, then what is off. */
const URGENCY: Record<Badge, number> = {
  down: 0,
  failed: 1,
  parked: 2,
  degraded: 3,
  unknown: 4,
  starting: 5,
  healthy: 6,
  disabled: 7,
};

function toUrgency(plugin: PluginSummary): number {
  return needsAttention(plugin) ? Math.min(URGENCY[plugin.badge], URGENCY.degraded) : URGENCY[plugin.badge];
}

function matchesState(plugin: PluginSummary, state: StateFilter): boolean {
  if (state === "all") return true;
  return state === "attention" ? needsAttention(plugin) : plugin.badge === state;
}

/** Every word of `search` must occur in name, provider or endpoint; case does not matter. */
export function filterPlugins(
  plugins: readonly PluginSummary[],
  { search, state }: { search: string; state: StateFilter },
): PluginSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return plugins.filter((plugin) => {
    if (!matchesState(plugin, state)) return false;
    const text = `${plugin.name} ${plugin.providerType} ${plugin.endpoint ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many plugins each state filter would show. */
export function countStates(plugins: readonly PluginSummary[]): Record<StateFilter, number> {
  const entries = STATE_FILTERS.map((state) => [
    state,
    plugins.filter((plugin) => matchesState(plugin, state)).length,
  ]);
  return Object.fromEntries(entries) as Record<StateFilter, number>;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** What a column sorts by; null is unknown. */
const VALUES: Record<SortKey, (plugin: PluginSummary) => number | string | null> = {
  state: toUrgency,
  name: ({ name }) => name,
  provider: ({ providerType }) => providerType,
  p50: ({ p50Ms }) => p50Ms,
  p95: ({ p95Ms }) => p95Ms,
  uptime: ({ uptime }) => uptime,
  checked: ({ lastCheck }) => lastCheck?.checkedAt ?? null,
};

/** Sorts a copy. Unknown values come last whichever way; equal ones by name, so that rows keep their places. */
export function sortPlugins(
  plugins: readonly PluginSummary[],
  { sort, order }: { sort: SortKey; order: SortOrder },
): PluginSummary[] {
  const valueOf = VALUES[sort];
  const sign = order === "asc" ? 1 : -1;
  const byName = (a: PluginSummary, b: PluginSummary) => collator.compare(a.name, b.name);
  return plugins.toSorted((a, b) => {
    const left = valueOf(a);
    const right = valueOf(b);
    if (left === null || right === null)
      return Number(left === null) - Number(right === null) || byName(a, b);
    const distance =
      typeof left === "number" && typeof right === "number"
        ? left - right
        : collator.compare(String(left), String(right));
    return sign * distance || byName(a, b);
  });
}

/** Keeps known rows in a remembered order and appends the others: nothing moves under a pointer. */
export function keepOrder(
  plugins: readonly PluginSummary[],
  ids: readonly string[] | null,
): readonly PluginSummary[] {
  if (!ids) return plugins;
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
  const known = ids.flatMap((id) => byId.get(id) ?? []);
  const held = new Set(ids);
  return [...known, ...plugins.filter(({ id }) => !held.has(id))];
}
