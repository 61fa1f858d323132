"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { cn } from "@/components/ui/class-names.ts";
import { useGrowingWindow } from "@/components/ui/growing-window.ts";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { SORT_LABELS } from "./plugin-filter-bar.tsx";
import type { SortKey, SortOrder } from "./plugin-filter.ts";
import { PluginListRow } from "./plugin-list-row.tsx";

/** Drawn at first, and more with each approach to the end. */
const STEP = 60;

interface Column {
  id: string;
  label: string;
  sort?: SortKey;
  className: string;
  figure?: boolean;
}

const COLUMNS: readonly Column[] = [
  { id: "state", label: SORT_LABELS.state, sort: "state", className: "w-30 pl-4" },
  { id: "name", label: SORT_LABELS.name, sort: "name", className: "" },
  // Narrower screens give its room to the names and their reasons, which say more than a provider cut short.
  { id: "provider", label: SORT_LABELS.provider, sort: "provider", className: "w-36 max-2xl:hidden" },
  { id: "version", label: "Version", className: "w-20 max-2xl:hidden" },
  { id: "p50", label: SORT_LABELS.p50, sort: "p50", className: "w-20", figure: true },
  { id: "p95", label: SORT_LABELS.p95, sort: "p95", className: "w-20 max-xl:hidden", figure: true },
  { id: "uptime", label: SORT_LABELS.uptime, sort: "uptime", className: "w-22", figure: true },
  { id: "trend", label: "Trend", className: "w-30" },
  {
    id: "checked",
    label: SORT_LABELS.checked,
    sort: "checked",
    className: "w-28 max-xl:hidden",
    figure: true,
  },
  { id: "switch", label: "On", className: "w-17 pr-4", figure: true },
];

/** Large figures first is what one looks for; names and states read from the top. */
const FIRST_ORDER: Record<SortKey, SortOrder> = {
  state: "asc",
  name: "asc",
  provider: "asc",
  p50: "desc",
  p95: "desc",
  uptime: "asc",
  checked: "desc",
};

/** The table; on a phone each row becomes a card, and stays a row for assistive technology. */
export function PluginListTable({
  plugins,
  sort,
  order,
  onSort,
  onHold,
}: {
  plugins: readonly PluginSummary[];
  sort: SortKey;
  order: SortOrder;
  onSort: (next: { sort: SortKey; order: SortOrder }) => void;
  onHold: (held: boolean) => void;
}) {
  const { shown, sentinel } = useGrowingWindow<HTMLDivElement>(plugins.length, STEP);

  function toggle(key: SortKey) {
    const opposite = order === "asc" ? "desc" : "asc";
    onSort({ sort: key, order: key === sort ? opposite : FIRST_ORDER[key] });
  }

  return (
    <div className="rounded-lg border border-line bg-surface">
      <table
        role="table"
        aria-label="Plugins"
        aria-rowcount={plugins.length + 1}
        className="w-full table-fixed border-collapse text-left max-md:block"
      >
        <thead role="rowgroup" className="text-sm text-muted max-md:sr-only">
          <tr role="row">
            {COLUMNS.map((column) => (
              <HeadCell
                key={column.id}
                column={column}
                order={column.sort === sort ? order : null}
                onToggle={toggle}
              />
            ))}
          </tr>
        </thead>
        <tbody
          role="rowgroup"
          className="divide-y divide-line max-md:block"
          onPointerEnter={() => onHold(true)}
          onPointerLeave={() => onHold(false)}
        >
          {plugins.slice(0, shown).map((plugin) => (
            <PluginListRow key={plugin.id} plugin={plugin} />
          ))}
        </tbody>
      </table>
      {shown < plugins.length ? (
        <div ref={sentinel} className="border-t border-line px-4 py-3 text-sm text-muted">
          {plugins.length - shown} more below
        </div>
      ) : null}
    </div>
  );
}

function HeadCell({
  column: { label, sort, className, figure },
  order,
  onToggle,
}: {
  column: Column;
  order: SortOrder | null;
  onToggle: (key: SortKey) => void;
}) {
  const Arrow = order === "desc" ? ArrowDown : ArrowUp;
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={order === null ? undefined : order === "asc" ? "ascending" : "descending"}
      className={cn(
        "sticky top-0 z-10 h-9 border-b border-line bg-surface px-3 font-medium max-shell:top-12 first:rounded-tl-lg last:rounded-tr-lg",
        figure && "text-right",
        className,
      )}
    >
      {sort ? (
        <button
          type="button"
          onClick={() => onToggle(sort)}
          className={cn(
            "group inline-flex min-h-6 items-center gap-1 rounded align-middle hover:text-ink",
            figure && "flex-row-reverse",
            order && "text-ink",
          )}
        >
          {label}
          <Arrow aria-hidden className={cn("size-3.5", !order && "invisible group-hover:visible")} />
        </button>
      ) : (
        label
      )}
    </th>
  );
}
