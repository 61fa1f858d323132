import { expect, it } from "vitest";
import { findUnfaithful } from "./faithful.ts";

it("finds nothing in JSON that arrives as it is", () => {
  const value = { a: ["x", { "b.c": "😀" }], proto: null, "": 1, constructor: true };
  expect(findUnfaithful(value)).toEqual([]);
});

it("names every place, deep inside too, and repeats no value", () => {
  const text = `{"values":{"__proto__":{"x":1},"list":[1,{"__proto__":2}],"half":"secret-\\ud800"},"\\udfff":1}`;
  const issues = findUnfaithful(JSON.parse(text));
  expect(issues.map(({ path }) => path)).toEqual([
    "values.__proto__",
    "values.list[1].__proto__",
    "values.half",
    "\ufffd",
  ]);
  expect(JSON.stringify(issues)).not.toContain("secret-");
});
