import { describe, expect, it } from "vitest";
import { AuditAction } from "@/lib/contract/activity.ts";
import { dayOf, showValue, VERBS } from "./activity-sentence.ts";

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

describe("dayOf", () => {
  it("follows the zone of the reader", () => {
    expect(dayOf("2026-11-22T23:30:00.000Z", "UTC")).toBe("Sunday 22 November 2026");
    expect(dayOf("2026-11-22T23:30:00.000Z", "Asia/Tokyo")).toBe("Monday 23 November 2026");
  });
});
