import { expect, it } from "vitest";
import { formatBytes, formatDuration } from "./quantity.ts";

it.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1536, "1.5 KB"],
  [4 * 1024 * 1024, "4 MB"],
])("%d bytes read as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [250, "250 ms"],
  [4_500, "4.5 s"],
  [30_000, "30 s"],
  [600_000, "10 min"],
])("%d ms read as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
