export interface SparklinePath {
  /** `d` of the measured stretches; a lone value is a short dash. */
  line: string;
  /** x of every failed check. */
  failures: number[];
}

/**
 * Turns latencies (ms, oldest first, null = failed) into a path in a `width` × `height` box, y from 0 to the largest value.
 * The newest value stands at the right edge; `slots` sets the distance between values.
 */
export function toSparklinePath(
  values: ReadonlyArray<number | null>,
  { width, height, slots }: { width: number; height: number; slots: number },
): SparklinePath {
  const shown = values.slice(-slots);
  const step = width / Math.max(1, slots - 1);
  const highest = Math.max(1, ...shown.map((value) => value ?? 0));
  const round = (value: number) => Math.round(value * 10) / 10;
  const x = (index: number) => round(width - (shown.length - 1 - index) * step);
  const y = (value: number) => round(height - 1 - (value / highest) * (height - 2));

  const failures: number[] = [];
  let line = "";
  shown.forEach((value, index) => {
    if (value === null) {
      failures.push(x(index));
      return;
    }
    const before = shown[index - 1];
    const after = shown[index + 1];
    if (before !== null && before !== undefined) line += `L${x(index)} ${y(value)}`;
    else if (after === null || after === undefined)
      line += `M${round(x(index) - step / 2)} ${y(value)}H${x(index)}`;
    else line += `M${x(index)} ${y(value)}`;
  });
  return { line, failures };
}
