/** Colours of a canvas, each taken from an element that wears the design token as its text colour. */
export interface ChartColors {
  p50: string;
  p95: string;
  band: string;
  grid: string;
  label: string;
  down: string;
  failure: string;
  marker: string;
}

/** The class of the token behind each colour; literal, so that Tailwind sees them. */
export const COLOR_CLASSES: Record<keyof ChartColors, string> = {
  p50: "text-accent",
  p95: "text-accent/70",
  band: "text-accent/15",
  grid: "text-line",
  label: "text-muted",
  down: "text-bad-soft",
  failure: "text-(--chart-bad)",
  marker: "text-faint",
};

/** Reads the colours in force from the probes inside `root` (one `[data-color]` each). */
export function readChartColors(root: HTMLElement): ChartColors {
  const read = (name: keyof ChartColors) => {
    const probe = root.querySelector(`[data-color="${name}"]`);
    return probe ? getComputedStyle(probe).color : "gray";
  };
  return {
    p50: read("p50"),
    p95: read("p95"),
    band: read("band"),
    grid: read("grid"),
    label: read("label"),
    down: read("down"),
    failure: read("failure"),
    marker: read("marker"),
  };
}
