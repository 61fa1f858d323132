import { describe, expect, it } from "vitest";
import { AuditAction } from "@/lib/contract/activity.ts";
import { nameField, showValue, VERBS } from "./activity-sentence.ts";

describe("activity sentences", () => {
  it("have words for every action", () => {
    for (const action of AuditAction.options) expect(VERBS[action]).not.toBe("");
  });
});

describe("nameField", () => {
  it("says what the console's own settings are called on its pages", () => {
    expect(nameField("plugin.changed", "healthCheckIntervalSeconds")).toBe("seconds between checks");
    expect(nameField("process.approved", "workingDirectory")).toBe("folder");
  });

  it("leaves the fields of a configuration as their author called them", () => {
    expect(nameField("plugin.config_changed", "endpoint")).toBe("endpoint");
    expect(nameField("plugin.config_changed", "constructor")).toBe("constructor");
    expect(nameField("plugin.changed", "constructor")).toBe("constructor");
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
