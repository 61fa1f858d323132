import uPlot from "uplot";
import type { HealthReport } from "@/lib/contract/health.ts";
import { formatMs } from "../ui/numbers.ts";
import type { ChartColors } from "./chart-colors.ts";
import { drawFailures, drawIncidents, drawMarkers } from "./latency-layers.ts";
import {
  isolatedPoints,
  LATENCY_STEPS,
  latencyCeiling,
  toLatencySeries,
  type LatencySeries,
} from "./latency-series.ts";

export interface LatencyPlotOptions {
  report: HealthReport;
  colors: ChartColors;
  /** Without cursor and zoom. */
  still: boolean;
  /** The point under the cursor, or null when it left. */
  onCursor: (point: CursorPoint | null) => void;
  /** A stretch dragged over, epoch ms. */
  onZoom: (from: number, to: number) => void;
}

export interface CursorPoint {
  index: number;
  series: LatencySeries;
}

/** A drawn chart. Owns its canvas inside the element it was made in until `close()`. */
export interface LatencyPlot {
  update(report: HealthReport): void;
  recolor(colors: ChartColors): void;
  /** Moves the cursor by points, or to an end. */
  moveCursor(step: number | "first" | "last"): void;
  hideCursor(): void;
  close(): void;
}

/** Room for the right half of the last label of the time axis, `19:40:25` at 11 px, CSS px. */
const HALF_LABEL = 28;

interface State {
  report: HealthReport;
  series: LatencySeries;
  colors: ChartColors;
}

/** Draws the latency of a report into `element`, fills it, and follows its size. */
export function createLatencyPlot(element: HTMLElement, options: LatencyPlotOptions): LatencyPlot {
  const state: State = {
    report: options.report,
    series: toLatencySeries(options.report),
    colors: options.colors,
  };
  const plot = new uPlot(toPlotOptions(element, options, state), toData(state.series), element);
  const watcher = new ResizeObserver(() => plot.setSize(sizeOf(element)));
  watcher.observe(element);
  return {
    update(report) {
      state.report = report;
      state.series = toLatencySeries(report);
      plot.setData(toData(state.series));
    },
    recolor(colors) {
      state.colors = colors;
      plot.redraw(false);
    },
    moveCursor: (step) => moveCursor(plot, step),
    hideCursor: () => plot.setCursor({ left: -10, top: -10 }),
    close() {
      watcher.disconnect();
      plot.destroy();
    },
  };
}

function sizeOf(element: HTMLElement) {
  return { width: Math.max(element.clientWidth, 50), height: Math.max(element.clientHeight, 50) };
}

function toData(series: LatencySeries): uPlot.AlignedData {
  return [series.at, series.p50, series.p95, series.min, series.max];
}

function toPlotOptions(element: HTMLElement, options: LatencyPlotOptions, state: State): uPlot.Options {
  const { still } = options;
  return {
    ...sizeOf(element),
    ms: 1,
    legend: { show: false },
    padding: [12, HALF_LABEL, 0, 0],
    scales: {
      x: { range: () => [state.report.from, state.report.to] },
      y: { range: () => [0, latencyCeiling(state.series)] },
    },
    series: [
      {},
      line(2, () => state.colors.p50),
      line(1.25, () => state.colors.p95),
      { ...line(0, () => "transparent"), points: { show: false } },
      { ...line(0, () => "transparent"), points: { show: false } },
    ],
    bands: [{ series: [4, 3], fill: () => state.colors.band }],
    axes: toAxes(getComputedStyle(element).fontFamily, state),
    cursor: still ? { show: false } : { y: false, drag: { x: true, y: false, setScale: false, dist: 6 } },
    hooks: {
      drawClear: [(plot) => drawIncidents(plot, state.report, state.colors)],
      draw: [
        (plot) => drawFailures(plot, state.series, state.report.bucketMs, state.colors),
        (plot) => drawMarkers(plot, state.report.markers, state.colors),
      ],
      setCursor: [(plot) => options.onCursor(toCursorPoint(plot, state.series))],
      setSelect: [(plot) => zoomTo(plot, options)],
    },
  };
}

function line(width: number, stroke: () => string): uPlot.Series {
  return {
    width,
    stroke,
    points: {
      show: true,
      size: 4,
      fill: stroke,
      filter: (plot, index) => isolatedPoints([...(plot.data[index] ?? [])]),
    },
  };
}

function toAxes(fontFamily: string, state: State): uPlot.Axis[] {
  const shared: uPlot.Axis = {
    stroke: () => state.colors.label,
    grid: { stroke: () => state.colors.grid, width: 1 },
    ticks: { show: false },
    font: `11px ${fontFamily}`,
  };
  return [
    { ...shared, grid: { show: false }, size: 40, space: 70, values: TIME_LABELS },
    {
      ...shared,
      size: 58,
      space: 36,
      incrs: LATENCY_STEPS,
      values: (_, splits) => splits.map((ms) => (ms === 0 ? "0" : formatMs(ms))),
    },
  ];
}

const SECOND = 1_000;
const DAY = 86_400_000;

/** Label templates by the distance of ticks, ms: uPlot's own format, 24-hour clock. */
const TIME_LABELS: uPlot.Axis.TimeValuesConfig = [
  [DAY, "{D} {MMM}", null, null, null, null, null, null, 1],
  [60 * SECOND, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
  [SECOND, "{HH}:{mm}:{ss}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
];

function toCursorPoint(plot: uPlot, series: LatencySeries): CursorPoint | null {
  const index = plot.cursor.idx;
  const isOver = (plot.cursor.left ?? -1) >= 0;
  return isOver && index !== null && index !== undefined && index < series.at.length
    ? { index, series }
    : null;
}

function zoomTo(plot: uPlot, { onZoom }: LatencyPlotOptions): void {
  const { left, width } = plot.select;
  if (width < 2) return;
  const from = plot.posToVal(left, "x");
  const to = plot.posToVal(left + width, "x");
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom(Math.round(from), Math.round(to));
}

function moveCursor(plot: uPlot, step: number | "first" | "last"): void {
  const xs = plot.data[0];
  const last = xs.length - 1;
  if (last < 0) return;
  const current = (plot.cursor.left ?? -1) >= 0 ? (plot.cursor.idx ?? last) : step === -1 ? last + 1 : -1;
  const wanted = step === "first" ? 0 : step === "last" ? last : current + step;
  const at = xs[Math.min(Math.max(wanted, 0), last)];
  if (at !== undefined) plot.setCursor({ left: Math.max(plot.valToPos(at, "x"), 0), top: 10 });
}
