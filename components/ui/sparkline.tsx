import { formatMs } from "./numbers.ts";
import { toSparklinePath } from "./sparkline-path.ts";

const BOX = { width: 96, height: 24 };
/** A young line does not fill the box: it grows from the right until it has this many values, then it narrows its steps. */
const FEWEST_SLOTS = 15;

function describeValues(values: ReadonlyArray<number | null>): string {
  const measured = values.filter((value) => value !== null);
  const failed = values.length - measured.length;
  if (values.length === 0) return "No checks yet";
  const range =
    measured.length > 0 ? `, ${formatMs(Math.min(...measured))} to ${formatMs(Math.max(...measured))}` : "";
  return `Latency of the last ${values.length} checks${range}${failed > 0 ? `, ${failed} failed` : ""}`;
}

/** Latencies of the newest checks as a line; a failed check is a red mark, never a point of the line. */
export function Sparkline({ values }: { values: ReadonlyArray<number | null> }) {
  const label = describeValues(values);
  if (values.length === 0) {
    return (
      <span
        role="img"
        aria-label={label}
        title={label}
        className="hatched block h-6 w-24 rounded-sm opacity-60"
      />
    );
  }
  const { line, failures } = toSparklinePath(values, {
    ...BOX,
    slots: Math.max(FEWEST_SLOTS, values.length),
  });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      className="block h-6 w-24 overflow-visible"
    >
      <title>{label}</title>
      <path d={`M0 ${BOX.height - 0.5}H${BOX.width}`} className="stroke-line-strong" />
      {failures.length > 0 ? (
        <path d={failures.map((x) => `M${x} 3V21`).join("")} strokeWidth="1.5" className="stroke-bad" />
      ) : null}
      <path d={line} fill="none" strokeWidth="1.5" strokeLinejoin="round" className="stroke-accent" />
    </svg>
  );
}
