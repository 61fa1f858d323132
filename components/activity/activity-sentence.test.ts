import { describe, expect, it } from "vitest";
import { AuditAction } from "@/lib/contract/activity.ts";
import { hasBefore, nameField, showValue, VERBS } from "./activity-sentence.ts";

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

describe("hasBefore", () => {
  it("leaves out that nothing was there before what is new by its nature", () => {
    expect(hasBefore("plugin.registered", undefined)).toBe(false);
    expect(hasBefore("plugin.tested", null)).toBe(false);
    expect(hasBefore("process.approved", null)).toBe(false);
  });

  it("tells what an approval took the place of, and that a value was not set", () => {
    expect(hasBefore("process.approved", "/usr/bin/node")).toBe(true);
    expect(hasBefore("plugin.config_changed", undefined)).toBe(true);
    expect(hasBefore("plugin.changed", null)).toBe(true);
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
