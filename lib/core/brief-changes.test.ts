import { describe, expect, it } from "vitest";
import { toBriefChanges } from "./brief-changes.ts";

describe("changes in the audit trail", () => {
  it("are listed as they are while they are short", () => {
    const changes = [
      { field: "a", before: 1, after: { b: ["c"] } },
      { field: "key", secret: "set" as const },
      { field: "gone", before: null },
    ];
    expect(toBriefChanges(changes)).toEqual(changes);
  });

  it("give a long value by its beginning and its length", () => {
    const [change] = toBriefChanges([{ field: "a", before: "x".repeat(5_000), after: ["y".repeat(5_000)] }]);
    expect(change).toEqual({
      field: "a",
      before: `${"x".repeat(200)} … (5,002 characters)`,
      after: `["${"y".repeat(198)} … (5,004 characters)`,
    });
  });

  it("say how many are left out", () => {
    const listed = toBriefChanges(Array.from({ length: 1_234 }, (_, at) => ({ field: `f${at}`, after: at })));
    expect(listed).toHaveLength(201);
    expect(listed.at(-1)).toEqual({ field: "1,034 more" });
  });

  it("end in a whole character", () => {
    const [change] = toBriefChanges([{ field: "a", after: `${"x".repeat(199)}👋${"x".repeat(5_000)}` }]);
    expect(change?.after).toBe(`${"x".repeat(199)} … (5,203 characters)`);
  });
});
