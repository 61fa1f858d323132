import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const CSS = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

function readPalette(selector: string): Record<string, string> {
  const block = CSS.slice(CSS.indexOf(`\n${selector} {`));
  const body = block.slice(0, block.indexOf("\n}"));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["canvas", "surface", "sunken"];
const STATUSES = ["ok", "warn", "bad", "idle", "info"];

const TEXT_PAIRS = [
  ...["ink", "muted", "faint", "accent", ...STATUSES].flatMap((text) =>
    GROUNDS.map((ground) => [text, ground]),
  ),
  ...STATUSES.map((status) => [status, `${status}-soft`]),
  ...STATUSES.flatMap((status) => ["ink", "muted"].map((text) => [text, `${status}-soft`])),
  ["accent", "accent-soft"],
  ["muted", "accent-soft"],
  ["on-accent", "accent-fill"],
  ["on-accent", "accent-fill-hover"],
  ["on-accent", "bad-fill"],
  ["on-accent", "bad-fill-hover"],
  ["canvas", "ink"],
];
const EDGE_PAIRS = ["line-control", "focus", "accent-fill"].flatMap((edge) =>
  ["canvas", "surface"].map((ground) => [edge, ground]),
);

describe.each([":root", ".dark"])("palette %s", (selector) => {
  const palette = readPalette(selector);
  const ratio = (a: string, b: string) => contrast(palette[a] ?? "missing", palette[b] ?? "missing");

  it.each(TEXT_PAIRS)("can be read: %s on %s", (text = "", ground = "") => {
    expect(ratio(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(EDGE_PAIRS)("shows its controls: %s on %s", (edge = "", ground = "") => {
    expect(ratio(edge, ground)).toBeGreaterThanOrEqual(3);
  });
});
