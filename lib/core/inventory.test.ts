import { expect, test } from "vitest";
import { diffInventories } from "./inventory.ts";

test("names what was changed, added and removed", () => {
  const before = new Map(Object.entries({ "a.js": "1", "b.js": "1", "c.js": "1" }));
  const now = new Map(Object.entries({ "a.js": "1", "b.js": "2", "d.js": "1" }));
  expect(diffInventories(before, now)).toEqual({
    changed: ["b.js"],
    added: ["d.js"],
    removed: ["c.js"],
    more: 0,
  });
});

test("says nothing where nothing differs", () => {
  expect(diffInventories(new Map([["a", "1"]]), new Map([["a", "1"]]))).toBeNull();
});

test("names at most 50 and counts the others, changed ones before added ones", () => {
  const before = new Map(Array.from({ length: 30 }, (_, at) => [`old-${at}`, "1"] as const));
  const now = new Map([
    ...Array.from({ length: 30 }, (_, at) => [`old-${at}`, "2"] as const),
    ...Array.from({ length: 30 }, (_, at) => [`new-${at}`, "1"] as const),
  ]);
  const changes = diffInventories(before, now);
  expect(changes).toMatchObject({ removed: [], more: 10 });
  expect([changes?.changed.length, changes?.added.length]).toEqual([30, 20]);
});
