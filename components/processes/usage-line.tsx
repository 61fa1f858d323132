import type { ReactNode } from "react";
import { BOX, toPaths, toX, WINDOW_MS, type Point } from "./usage-path.ts";

/** The last half hour as a line from 0. */
export function UsageLine({ points, name, now }: { points: Point[]; name: string; now: number }) {
  const paths = toPaths(points, now);
  return paths.length === 0 ? null : (
    <Drawing label={`${name} over the last half hour`}>
      {paths.map((path) => (
        <path key={path} d={path} fill="none" strokeWidth="1.5" className="stroke-accent" />
      ))}
    </Drawing>
  );
}

/** Each start of the last half hour as a mark, under the same time as the lines. */
export function StartMarks({ starts, now }: { starts: number[]; now: number }) {
  const shown = starts.filter((at) => at > now - WINDOW_MS);
  return shown.length === 0 ? null : (
    <Drawing label={`Starts over the last half hour: ${shown.length}`}>
      {shown.map((at) => (
        <rect
          key={at}
          x={Math.max(0, toX(Math.min(at, now), now) - 2)}
          y="4"
          width="2"
          height={BOX.height - 6}
          className="fill-warn"
        />
      ))}
    </Drawing>
  );
}

function Drawing({ label, children }: { label: string; children: ReactNode }) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      className="mt-1 block h-6 w-40 max-w-full overflow-visible"
    >
      <path d={`M0 ${BOX.height - 0.5}H${BOX.width}`} className="stroke-line" fill="none" />
      {children}
    </svg>
  );
}
