"use client";

import "./charts.css";
import { useState, type KeyboardEvent } from "react";
import type { HealthReport } from "@/lib/contract/health.ts";
import { cn } from "../ui/class-names.ts";
import { formatPercent } from "../ui/numbers.ts";
import { formatDuration } from "../ui/time.ts";
import { useTimeFormat, type TimeFormat } from "./time-format.ts";
import { toUptimeCells, type UptimeCell, type UptimeState } from "./uptime-cells.ts";

/** Height and fill of a cell: state is told by shape as well as by colour. */
const LOOKS: Record<UptimeState, string> = {
  ok: "h-full bg-(--chart-ok)",
  degraded: "h-3/4 bg-(--chart-warn)",
  down: "h-1/2 bg-(--chart-bad)",
  none: "hatched h-full",
};

const WORDS: Record<UptimeState, string> = {
  ok: "All checks passed",
  degraded: "Some checks failed",
  down: "Down",
  none: "Not checked",
};

/** One cell for each of the last 24 hours. One tab stop; arrow keys walk along it and the line below says what is there. */
export function UptimeBar({ report }: { report: HealthReport }) {
  const time = useTimeFormat();
  const [picked, setPicked] = useState<number | null>(null);
  const cells = toUptimeCells(report);
  const last = cells.length - 1;
  const shown = picked === null ? undefined : cells[picked];

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const from = picked ?? last;
    const target = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const cell = event.currentTarget.children[Math.min(Math.max(target, 0), last)];
    if (cell instanceof HTMLElement) cell.focus();
  }

  return (
    <div className="flex flex-col gap-2">
      <div
        role="group"
        aria-label="Uptime by the hour"
        className="flex h-9 gap-px sm:gap-0.5"
        onKeyDown={onKeyDown}
      >
        {cells.map((cell, index) => (
          <button
            key={cell.from}
            type="button"
            aria-label={describeCell(cell, time)}
            tabIndex={index === (picked ?? last) ? 0 : -1}
            onFocus={() => setPicked(index)}
            onPointerEnter={() => setPicked(index)}
            onPointerLeave={() => setPicked(null)}
            onBlur={() => setPicked(null)}
            className="flex min-w-0 flex-1 items-end rounded-xs"
          >
            <span aria-hidden className={cn("w-full rounded-xs", LOOKS[cell.state])} />
          </button>
        ))}
      </div>
      <p className="figures flex min-h-5 justify-between gap-4 text-sm text-muted">
        {shown ? (
          <span className="text-ink">{describeCell(shown, time)}</span>
        ) : (
          <>
            <span>24 hours ago</span>
            <span>now</span>
          </>
        )}
      </p>
    </div>
  );
}

function describeCell(cell: UptimeCell, time: TimeFormat): string {
  const span = `${time.moment(cell.from)}–${time.hour(cell.to)}`;
  if (cell.uptime === null) return `${span}: ${WORDS.none}`;
  const failed = cell.failures > 0 ? `, ${cell.failures} of ${cell.checks} checks failed` : "";
  return `${span}: ${WORDS[cell.state]}, ${formatPercent(cell.uptime)}${failed}${describeIncidents(cell)}`;
}

function describeIncidents(cell: UptimeCell): string {
  if (cell.incidents.length === 0) return "";
  const downMs = cell.incidents.reduce((sum, { startedAt, endedAt }) => {
    const end = Math.min(endedAt === null ? cell.to : Date.parse(endedAt), cell.to);
    return sum + end - Math.max(Date.parse(startedAt), cell.from);
  }, 0);
  const count = cell.incidents.length === 1 ? "1 incident" : `${cell.incidents.length} incidents`;
  return `, ${count}, down for ${formatDuration(downMs)}`;
}
