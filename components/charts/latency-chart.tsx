"use client";

import "uplot/dist/uPlot.min.css";
import "./charts.css";
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent } from "react";
import type { HealthReport } from "@/lib/contract/health.ts";
import { cn } from "../ui/class-names.ts";
import { COLOR_CLASSES, readChartColors } from "./chart-colors.ts";
import { ChartReadout } from "./chart-readout.tsx";
import type { CursorPoint, LatencyPlot } from "./latency-plot.ts";

/** Keys that move the cursor, as steps. */
const STEPS: Record<string, number | "first" | "last"> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: "first",
  End: "last",
};

/**
 * Latency over time. `label` says in words what the picture shows. With `onZoom` it can be dragged over and walked
 * through with the arrow keys; without it is a small still picture. `height` is a class: the box never changes size.
 */
export function LatencyChart({
  report,
  label,
  height,
  onZoom,
}: {
  report: HealthReport;
  label: string;
  height: string;
  onZoom?: (from: number, to: number) => void;
}) {
  const [point, setPoint] = useState<CursorPoint | null>(null);
  const { box, plot } = usePlot(report, setPoint, onZoom);

  function onKeyDown(event: KeyboardEvent) {
    const step = STEPS[event.key];
    if (event.key === "Escape") plot.current?.hideCursor();
    if (step === undefined) return;
    event.preventDefault();
    plot.current?.moveCursor(step);
  }

  const still = !onZoom;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div
        ref={box}
        role={still ? "img" : "application"}
        aria-roledescription={still ? undefined : "chart"}
        aria-label={still ? label : `${label} Left and right arrow keys read it point by point.`}
        tabIndex={still ? undefined : 0}
        onKeyDown={still ? undefined : onKeyDown}
        onBlur={() => plot.current?.hideCursor()}
        className={cn("relative w-full min-w-0 overflow-hidden rounded-sm", height)}
      >
        {Object.entries(COLOR_CLASSES).map(([name, token]) => (
          <span key={name} hidden data-color={name} className={token} />
        ))}
      </div>
      {still ? null : <ChartReadout report={report} point={point} />}
    </div>
  );
}

/** Loads the drawing library when it is first needed, draws, and keeps the drawing in step with data and theme. */
function usePlot(
  report: HealthReport,
  onCursor: (point: CursorPoint | null) => void,
  onZoom: ((from: number, to: number) => void) | undefined,
) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<LatencyPlot>(null);
  const zoom = useEffectEvent((from: number, to: number) => onZoom?.(from, to));
  const follow = useEffectEvent(() => plot.current?.update(report));
  const draw = useEffectEvent(async (element: HTMLElement, closed: AbortSignal) => {
    const { createLatencyPlot } = await import("./latency-plot.ts");
    if (closed.aborted) return;
    plot.current = createLatencyPlot(element, {
      report,
      colors: readChartColors(element),
      still: !onZoom,
      onCursor,
      onZoom: (from, to) => zoom(from, to),
    });
    follow();
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const closing = new AbortController();
    void draw(element, closing.signal);
    const theme = new MutationObserver(() => plot.current?.recolor(readChartColors(element)));
    theme.observe(document.documentElement, { attributeFilter: ["class"] });
    return () => {
      closing.abort();
      theme.disconnect();
      plot.current?.close();
      plot.current = null;
    };
  }, []);

  useEffect(() => follow(), [report]);
  return { box, plot };
}
