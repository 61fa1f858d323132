import { describe, expect, it } from "vitest";
import { AuditAction } from "@/lib/contract/activity.ts";
import { showValue, VERBS } from "./activity-sentence.ts";

describe("activity sentences", () => {
  it("have words for every action", () => {
    for (const action of AuditAction.options) expect(VERBS[action]).not.toBe("");
  });
});

describe("showValue", () => {
  it("tells what was absent from what was empty, and keeps false and 0", () => {
    expect(showValue(undefined)).toBe("not set");
    expect(showValue(null)).toBe("not set");
    expect(showValue("")).toBe("empty");
    expect(showValue(false)).toBe("false");
    expect(showValue(0)).toBe("0");
    expect(showValue({ a: [1] })).toBe('{"a":[1]}');
  });

  it("cuts what would fill the page", () => {
    expect(showValue("x".repeat(5_000))).toHaveLength(201);
  });
});
