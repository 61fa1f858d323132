import { expect, it } from "vitest";
import { measurePattern } from "./pattern-size.ts";

it.each([
  ["", 0],
  ["abc", 3],
  ["a{5}", 5],
  ["a{0,5}", 5],
  ["a{3,}", 3],
  ["[0-9]{4}-[0-9]{2}-[0-9]{2}", 10],
  ["(ab{3}){10}", 50],
  ["((a{10}){10}){10}", 1_110],
  ["[]a{9}]{2}", 2],
  ["[^]]{3}", 3],
  ["[\\]{9}]{2}", 2],
  ["\\d{3}\\{", 4],
  ["\\p{Greek}{4}", 4],
  ["a{", 2],
  ["(a{4}", 4],
])("measures %s", (pattern, steps) => {
  expect(measurePattern(pattern).toMatch).toBe(steps);
});

it("counts what a Unicode class takes to build", () => {
  expect(measurePattern("\\pL{1,30}[\\p{Greek}\\PN]")).toEqual({ toCompile: 61, toMatch: 31 });
});

it("ends for patterns that are made to be measured for ever", () => {
  for (const piece of ["[", "(", "(a{1000}", "\\", "[^", "{1,", "\\p{", "[\\"]) {
    expect(measurePattern(piece.repeat(20_000)).toMatch).toBeLessThanOrEqual(1_000_000);
  }
});
