import { expect, it } from "vitest";
import { findRings } from "./rings.ts";

const ringsOf = (text: string) =>
  findRings(new Map(text.split(" ").map((pair) => [pair[0] ?? "", pair[1] ?? ""]))).map((ring) =>
    ring.join(""),
  );

it.each([
  ["nobody waits for whom he holds up", "ab bc", []],
  ["two wait for each other", "ab ba", ["ab"]],
  ["three in a ring", "ab bc ca", ["abc"]],
  ["a tail that leads into a ring is no part of it", "xa ab ba", ["ab"]],
  ["a tail behind the ring is none either", "ab ba xa yx", ["ab"]],
  ["two rings", "ab ba cd dc", ["ab", "cd"]],
])("%s", (_name, text, rings) => {
  expect(ringsOf(text)).toEqual(rings);
});
