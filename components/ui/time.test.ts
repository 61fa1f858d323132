import { describe, expect, it } from "vitest";
import { formatDay, formatDuration, formatInstant, formatRelative, formatUpcoming } from "./time.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const NOW = Date.UTC(2026, 10, 22, 14, 3, 9);
const MINUTE = 60_000;

describe("formatRelative", () => {
  it.each([
    [0, "just now"],
    [12_000, "12 s ago"],
    [3 * MINUTE + 59_000, "3 min ago"],
    [5 * 60 * MINUTE, "5 h ago"],
    [25 * 60 * MINUTE, "1 day ago"],
    [80 * 60 * MINUTE, "3 days ago"],
    [-20_000, "in 20 s"],
  ])("%d ms → %s", (distance, text) => {
    expect(plain(formatRelative(NOW - distance, NOW))).toBe(text);
  });
});

describe("formatUpcoming", () => {
  it.each([
    [20_000, "in 20 s"],
    [4_999, "in a moment"],
    [0, "in a moment"],
    [-60_000, "in a moment"],
  ])("what is due in %d ms has not been: %s", (distance, text) => {
    expect(plain(formatUpcoming(NOW + distance, NOW))).toBe(text);
  });
});

describe("formatDuration", () => {
  it("names the two largest units and leaves out a zero", () => {
    expect(
      [45_000, 3 * MINUTE, 60 * MINUTE, 125 * MINUTE, 28 * 60 * MINUTE].map((ms) =>
        plain(formatDuration(ms)),
      ),
    ).toEqual(["45 s", "3 min", "1 h", "2 h 5 min", "1 day 4 h"]);
  });
});

describe("formatInstant", () => {
  it("is exact to the second and names its zone", () => {
    expect(formatInstant(NOW, "UTC")).toBe("22 Nov 2026, 14:03:09 UTC");
  });
});

describe("formatDay", () => {
  it("follows the zone of the reader", () => {
    const lateEvening = Date.parse("2026-11-22T23:30:00.000Z");
    expect(formatDay(lateEvening, "UTC")).toBe("Sunday, 22 November 2026");
    expect(formatDay(lateEvening, "Asia/Tokyo")).toBe("Monday, 23 November 2026");
  });
});
