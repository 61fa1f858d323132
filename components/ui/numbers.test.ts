import { describe, expect, it } from "vitest";
import { formatCount, formatMs, formatPercent, formatTokens, formatUsd } from "./numbers.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("formatMs", () => {
  it.each([
    [0, "0 ms"],
    [0.01, "<0.1 ms"],
    [0.42, "0.4 ms"],
    [10, "10 ms"],
    [120, "120 ms"],
    [211.6, "212 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [1_420, "1.4 s"],
    [30_000, "30 s"],
    [59_700, "1 min"],
    [125_000, "2 min 5 s"],
  ])("%d → %s", (ms, text) => {
    expect(plain(formatMs(ms))).toBe(text);
  });

  it("shows what was not measured as a dash, never as 0", () => {
    for (const unknown of [null, undefined, NaN, Infinity]) expect(formatMs(unknown)).toBe("—");
  });
});

describe("formatPercent", () => {
  it.each([
    [1, "100 %"],
    [0.999999, "99.99 %"],
    [0.9987, "99.87 %"],
    [0.95, "95 %"],
    [0.7129, "71.2 %"],
    [0, "0 %"],
  ])("%d → %s", (share, text) => {
    expect(plain(formatPercent(share))).toBe(text);
  });

  it("shows no data as a dash", () => {
    expect(formatPercent(null)).toBe("—");
  });
});

describe("formatTokens, formatUsd and formatCount", () => {
  it("shorten large token counts", () => {
    expect([0, 812, 9_120, 10_000, 128_000, 1_048_576].map(formatTokens)).toEqual([
      "0",
      "812",
      "9,120",
      "10k",
      "128k",
      "1.05M",
    ]);
  });

  it("keep two significant digits of small amounts of money", () => {
    expect([0, 0.00012, 0.0049, 0.01, 1.5, 1_234.999].map(formatUsd)).toEqual([
      "$0",
      "$0.00012",
      "$0.0049",
      "$0.01",
      "$1.50",
      "$1,235.00",
    ]);
  });

  it("separate thousands and admit not knowing", () => {
    expect(formatCount(1_234_567)).toBe("1,234,567");
    expect([formatCount(null), formatTokens(undefined), formatUsd(null)]).toEqual(["—", "—", "—"]);
  });
});
