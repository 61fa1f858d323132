import { expect, test } from "vitest";
import { BOX, toPaths, toX, WINDOW_MS } from "./usage-path.ts";

const NOW = 1_800_000_000_000;

test("time runs from left to right, the newest at the edge", () => {
  expect([toX(NOW - WINDOW_MS, NOW), toX(NOW - WINDOW_MS / 2, NOW), toX(NOW, NOW)]).toEqual([
    0,
    BOX.width / 2,
    BOX.width,
  ]);
});

test("draws from 0 to the highest value, one path as long as nothing is missing", () => {
  const points = [
    { at: NOW - 10_000, value: 0 },
    { at: NOW - 5_000, value: 2 },
    { at: NOW, value: 1 },
  ];
  expect(toPaths(points, NOW)).toEqual(["M159.1 23L159.6 2L160 12.5"]);
});

test("leaves a gap while nothing ran, and where nothing was measured", () => {
  const points = [
    { at: NOW - 120_000, value: 1 },
    { at: NOW - 115_000, value: 1 },
    { at: NOW - 60_000, value: null },
    { at: NOW - 55_000, value: 1 },
    { at: NOW - 50_000, value: 1 },
  ];
  expect(toPaths(points, NOW)).toHaveLength(2);
});

test("draws a flat line for a process that does nothing, and nothing older than half an hour", () => {
  const idle = [
    { at: NOW - 5_000, value: 0 },
    { at: NOW, value: 0 },
  ];
  expect(toPaths(idle, NOW)).toEqual(["M159.6 23L160 23"]);
  expect(toPaths(idle, NOW + 2 * WINDOW_MS)).toEqual([]);
});
