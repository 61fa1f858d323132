import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findExcess } from "./json-depth.ts";

const LIMITS = { depth: 3 };

describe("findExcess", () => {
  it.each([
    ["", null],
    ["1", null],
    ["[[[]]]", null],
    ["[[[[", { of: "depth", at: 3 }],
    ['{"a":[{"b":[]}]}', { of: "depth", at: 11 }],
    ["[][][][][]", null],
    ["]]]][[[", null],
    ["]]]][[[[", { of: "depth", at: 7 }],
  ])("%j against three levels", (text, expected) => {
    expect(findExcess(text, LIMITS)).toEqual(expected);
  });

  it.each([
    [String.raw`["[[[[", 1]`, null],
    [String.raw`["a\"[[[[", 1]`, null],
    [String.raw`["a\\", [[[`, { of: "depth", at: 10 }],
    ['["[[[[', null],
    ['"', null],
  ])("passes over the string in %s", (text, expected) => {
    expect(findExcess(text, LIMITS)).toEqual(expected);
  });

  it("counts every bracket where quotes mean nothing", () => {
    expect(findExcess('say "hi [[[[', { ...LIMITS, hasStrings: false })).toEqual({ of: "depth", at: 11 });
    expect(findExcess('["[[", "[["]', { ...LIMITS, hasStrings: false })).toEqual({ of: "depth", at: 8 });
  });

  it("counts values, the lists and objects among them", () => {
    expect(findExcess("[1,2,3]", { depth: 9, values: 4 })).toBeNull();
    expect(findExcess("[1,2,3,4]", { depth: 9, values: 4 })).toEqual({ of: "values", at: 6 });
    expect(findExcess("[[],[]]", { depth: 9, values: 3 })).toEqual({ of: "values", at: 3 });
    expect(findExcess('["1,2,3,4,5"]', { depth: 9, values: 4 })).toBeNull();
  });

  it("knows the depth of every JSON text", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const depth = depthOf(value);
        expect(findExcess(JSON.stringify(value), { depth })).toBeNull();
        if (depth > 0) expect(findExcess(JSON.stringify(value), { depth: depth - 1 })?.of).toBe("depth");
      }),
    );
  });

  it("knows how many values every JSON text holds", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const values = countOf(value);
        const text = JSON.stringify(value, null, 1);
        expect(findExcess(text, { depth: Infinity, values })).toBeNull();
        expect(findExcess(text, { depth: Infinity, values: values - 1 })).toMatchObject({ of: "values" });
      }),
    );
  });

  it("takes time in proportion to the text, whatever its quotes and backslashes", () => {
    const started = performance.now();
    for (const unit of ['"', "\\", '\\"', '"\\', "[]", '""'])
      findExcess(unit.repeat(2_000_000), { depth: 64, values: 1e9 });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** An empty list or object counts as two: what it could hold and itself. */
function countOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  const items = Object.values(value);
  return items.length === 0 ? 2 : items.reduce<number>((sum, item) => sum + countOf(item), 1);
}
