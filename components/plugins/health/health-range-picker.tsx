import { ZoomOut } from "lucide-react";
import { useTimeFormat } from "@/components/charts/time-format.ts";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/components/ui/class-names.ts";
import { RANGE_NAMES, RANGES, type RangeName } from "./health-range.ts";

/** Buttons for the sliding ranges; after a drag also what was dragged out, and the way back. */
export function HealthRangePicker({
  range,
  zoomed,
  onChoose,
}: {
  range: RangeName;
  zoomed: { from: number; to: number } | null;
  onChoose: (range: RangeName) => void;
}) {
  const { moment } = useTimeFormat();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div
        role="group"
        aria-label="Range"
        className="inline-flex rounded-md border border-line-strong bg-surface p-0.5"
      >
        {RANGE_NAMES.map((name) => {
          const current = !zoomed && name === range;
          return (
            <button
              key={name}
              type="button"
              title={RANGES[name].words}
              aria-pressed={current}
              onClick={() => onChoose(name)}
              className={cn(
                "figures h-7 rounded px-2 text-sm whitespace-nowrap",
                current
                  ? "bg-accent-soft font-medium text-accent"
                  : "text-muted hover:bg-sunken hover:text-ink",
              )}
            >
              {RANGES[name].label}
            </button>
          );
        })}
      </div>
      {zoomed ? (
        <span className="flex flex-wrap items-center gap-2 text-sm">
          <span className="figures text-muted">
            {moment(zoomed.from)} to {moment(zoomed.to)}
          </span>
          <Button size="sm" variant="ghost" icon={<ZoomOut aria-hidden />} onClick={() => onChoose(range)}>
            Back to {RANGES[range].label}
          </Button>
        </span>
      ) : (
        <span className="hidden text-sm text-faint sm:inline">Drag over the chart to look closer</span>
      )}
    </div>
  );
}
