import type uPlot from "uplot";
import type { HealthMarker, HealthReport } from "@/lib/contract/health.ts";
import type { ChartColors } from "./chart-colors.ts";
import type { LatencySeries } from "./latency-series.ts";

/** Height of the tick under a stretch with failed checks, CSS px. */
const FAILURE_TICK = 5;

/** Bands behind the lines: from the first failure of an incident to its end, or to now. */
export function drawIncidents(plot: uPlot, report: HealthReport, colors: ChartColors): void {
  inPlot(plot, (context, { top, height }) => {
    context.fillStyle = colors.down;
    for (const { startedAt, endedAt } of report.incidents) {
      const from = toX(plot, Date.parse(startedAt));
      const to = toX(plot, endedAt === null ? report.to : Date.parse(endedAt));
      context.fillRect(from, top, Math.max(to - from, ratio(plot)), height);
    }
  });
}

/** A tick at the foot of every point with a failed check, also of those too few for an incident. */
export function drawFailures(
  plot: uPlot,
  series: LatencySeries,
  bucketMs: number,
  colors: ChartColors,
): void {
  inPlot(plot, (context, { top, height }) => {
    const tick = FAILURE_TICK * ratio(plot);
    context.fillStyle = colors.failure;
    for (const bucket of series.buckets) {
      if (bucket.failures === 0) continue;
      const from = toX(plot, bucket.at);
      const width = Math.max(toX(plot, bucket.at + bucketMs) - from, 2 * ratio(plot));
      context.fillRect(from, top + height - tick, width, tick);
    }
  });
}

/** A dashed line with a diamond on top where something was changed. */
export function drawMarkers(plot: uPlot, markers: HealthMarker[], colors: ChartColors): void {
  inPlot(plot, (context, { top, height }) => {
    const unit = ratio(plot);
    context.strokeStyle = colors.marker;
    context.fillStyle = colors.marker;
    context.lineWidth = unit;
    context.setLineDash([3 * unit, 3 * unit]);
    for (const { at } of markers) {
      const x = Math.round(toX(plot, at)) + unit / 2;
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, top + height);
      context.stroke();
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x + 4 * unit, top + 4 * unit);
      context.lineTo(x, top + 8 * unit);
      context.lineTo(x - 4 * unit, top + 4 * unit);
      context.fill();
    }
  });
}

/** Draws with the canvas cut to the plotting area and its state restored afterwards. */
function inPlot(plot: uPlot, draw: (context: CanvasRenderingContext2D, area: uPlot.BBox) => void): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  draw(plot.ctx, plot.bbox);
  plot.ctx.restore();
}

function toX(plot: uPlot, at: number): number {
  return plot.valToPos(at, "x", true);
}

function ratio(plot: uPlot): number {
  return plot.ctx.canvas.width / plot.width;
}
