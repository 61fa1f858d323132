import { describe, expect, it } from "vitest";
import type { Finding } from "@/lib/contract/manifest.ts";
import { toManifestLines, toOffset } from "./manifest-lines.ts";

const at = (line?: number, column = 1): Finding => ({
  severity: "error",
  code: "missing_field",
  path: "",
  message: "m",
  ...(line === undefined ? {} : { line, column }),
});
const TEXT = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join("\n");
const outline = (text: string, findings: Finding[]) =>
  toManifestLines(text, findings).map((row) => (row.kind === "gap" ? `…${row.skipped}` : row.number));

describe("toManifestLines", () => {
  it("shows the neighbourhood of each finding and counts what it leaves out", () => {
    expect(outline(TEXT, [at(3), at(12)])).toEqual([1, 2, 3, 4, 5, "…4", 10, 11, 12, 13, 14]);
  });

  it("joins neighbourhoods that touch", () => {
    expect(outline(TEXT, [at(8), at(10)])).toEqual(["…5", 6, 7, 8, 9, 10, 11, 12]);
  });

  it("puts each finding under its own line", () => {
    const rows = toManifestLines("a\r\nb", [at(2, 4)]);
    expect(rows).toEqual([
      { kind: "line", number: 1, text: "a", findings: [] },
      { kind: "line", number: 2, text: "b", findings: [at(2, 4)] },
    ]);
  });

  it("has nothing to show for findings without a position, and none beyond the end", () => {
    expect(outline(TEXT, [at()])).toEqual([]);
    expect(outline("only", [at(2)])).toEqual([1]);
  });
});

describe("toOffset", () => {
  it("finds line and column", () => {
    expect("ab\ncd\nef".slice(toOffset("ab\ncd\nef", 2, 2))).toBe("d\nef");
    expect(toOffset("ab", 1, 1)).toBe(0);
    expect(toOffset("ab", 9, 9)).toBe(2);
  });
});
