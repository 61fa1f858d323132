import { expect, it } from "vitest";
import { toRestorable } from "./revision.ts";

const then = { since: 1, current: false, reference: "env:LOOM_SECRET_A", origin: "https://a.example" };
const restore = (secret: object, origin: string | null) =>
  toRestorable({ secrets: { key: { ...then, ...secret } } }, new Set(["key"]), origin);

it("brings a reference back to the place it was entered for", () => {
  expect(restore({}, "https://a.example")).toEqual({
    references: { key: { reference: "env:LOOM_SECRET_A" } },
    gone: [],
  });
});

it.each([
  ["the plugin is elsewhere", {}, "https://b.example"],
  ["the plugin is nowhere", {}, null],
  ["nobody noted where it belonged", { origin: undefined }, "https://a.example"],
  ["it was text of our own", { reference: null }, "https://a.example"],
])("asks for it again when %s", (_why, secret, origin) => {
  expect(restore(secret, origin)).toEqual({ references: {}, gone: ["key"] });
});

it("leaves a secret alone that is still in use, and one the plugin asks for no more", () => {
  expect(restore({ current: true }, "https://a.example")).toEqual({ references: {}, gone: [] });
  expect(toRestorable({ secrets: { old: then } }, new Set(), "https://a.example").gone).toEqual([]);
});
