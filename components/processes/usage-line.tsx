const BOX = { width: 160, height: 24 };

/** The last half hour as a line over its own ground, from 0. */
export function UsageLine({ values, name }: { values: number[]; name: string }) {
  const most = Math.max(...values, 0);
  if (values.length < 2 || most === 0) return null;
  const step = BOX.width / Math.max(values.length - 1, 60);
  const start = BOX.width - step * (values.length - 1);
  const points = values.map(
    (value, index) =>
      `${(start + index * step).toFixed(1)} ${(BOX.height - 1 - (value / most) * (BOX.height - 3)).toFixed(1)}`,
  );
  return (
    <svg
      role="img"
      aria-label={`${name} over the last ${Math.round((values.length * 5) / 60)} minutes`}
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      className="mt-1 block h-6 w-40 max-w-full"
    >
      <path
        d={`M${start.toFixed(1)} ${BOX.height}L${points.join("L")}V${BOX.height}Z`}
        className="fill-accent-soft"
      />
      <path d={`M${points.join("L")}`} fill="none" strokeWidth="1.5" className="stroke-accent" />
    </svg>
  );
}
