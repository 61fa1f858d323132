import { expect, it } from "vitest";
import { isReadablePath, readRequestTarget } from "./request-target.ts";

it.each([
  ["/plugins?x=1", { path: "/plugins?x=1", authority: null }],
  ["http://127.0.0.1:3000/plugins?x=1", { path: "/plugins?x=1", authority: "127.0.0.1:3000" }],
  ["HTTPS://loom.test", { path: "/", authority: "loom.test" }],
  ["http://loom.test?x", { path: "/?x", authority: "loom.test" }],
  ["*", null],
  ["loom.test:443", null],
  ["ftp://loom.test/", null],
])("the target %s", (url, target) => {
  expect(readRequestTarget(url)).toEqual(target);
});

it("a path that no page can have is told apart", () => {
  expect(["/plugins/%ff", "/%", "/a%zz", "/%c0%ae", "/a%00b"].filter(isReadablePath)).toEqual([]);
  expect(["/", "/plugins/%C3%BC", "/a?x=%ff"].every(isReadablePath)).toBe(true);
});
