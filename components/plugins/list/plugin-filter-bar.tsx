"use client";

import { ArrowDownNarrowWide, ArrowDownWideNarrow, Search } from "lucide-react";
import { IconButton } from "@/components/ui/button.tsx";
import { Input, Select } from "@/components/ui/input.tsx";
import { formatCount } from "@/components/ui/numbers.ts";
import { BADGES } from "@/components/ui/status-badge.tsx";
import { SORT_KEYS, STATE_FILTERS, type SortKey, type SortOrder, type StateFilter } from "./plugin-filter.ts";

export const SORT_LABELS: Record<SortKey, string> = {
  state: "State",
  name: "Name",
  provider: "Provider",
  p50: "p50",
  p95: "p95",
  uptime: "Uptime",
  checked: "Last check",
};

function stateLabel(state: StateFilter): string {
  if (state === "all") return "All states";
  return state === "attention" ? "Needs attention" : BADGES[state].word;
}

interface Filter {
  q: string;
  state: StateFilter;
  sort: SortKey;
  order: SortOrder;
}

/** Search and state filter; on narrow screens, where the table has no head, the sorting too. */
export function PluginFilterBar({
  filter,
  counts,
  shown,
  total,
  onChange,
}: {
  filter: Filter;
  counts: Record<StateFilter, number>;
  shown: number;
  total: number;
  onChange: (change: Partial<Filter>) => void;
}) {
  const { q, state, sort, order } = filter;
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <div className="relative min-w-0 flex-1 basis-56 md:max-w-80">
        <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted" />
        <Input
          type="search"
          aria-label="Search plugins"
          placeholder="Search name, provider or address"
          className="pl-8"
          value={q}
          onChange={(event) => onChange({ q: event.target.value })}
        />
      </div>
      <Select
        aria-label="Filter by state"
        className="min-w-36 flex-1 md:max-w-48"
        value={state}
        onChange={(event) => {
          const chosen = STATE_FILTERS.find((one) => one === event.target.value);
          if (chosen) onChange({ state: chosen });
        }}
      >
        {STATE_FILTERS.map((one) => (
          <option key={one} value={one} disabled={counts[one] === 0 && one !== state && one !== "all"}>
            {stateLabel(one)} ({counts[one]})
          </option>
        ))}
      </Select>
      <div className="flex min-w-40 flex-1 gap-1 md:hidden">
        <Select
          aria-label="Sort by"
          value={sort}
          onChange={(event) => {
            const chosen = SORT_KEYS.find((one) => one === event.target.value);
            if (chosen) onChange({ sort: chosen });
          }}
        >
          {SORT_KEYS.map((key) => (
            <option key={key} value={key}>
              By {SORT_LABELS[key].toLowerCase()}
            </option>
          ))}
        </Select>
        <IconButton
          label={order === "asc" ? "Ascending; switch to descending" : "Descending; switch to ascending"}
          variant="secondary"
          onClick={() => onChange({ order: order === "asc" ? "desc" : "asc" })}
        >
          {order === "asc" ? <ArrowDownNarrowWide aria-hidden /> : <ArrowDownWideNarrow aria-hidden />}
        </IconButton>
      </div>
      <p role="status" className="figures text-sm text-muted md:ml-auto">
        {shown === total
          ? `${formatCount(total)} ${total === 1 ? "plugin" : "plugins"}`
          : `${formatCount(shown)} of ${formatCount(total)} plugins`}
      </p>
    </div>
  );
}
