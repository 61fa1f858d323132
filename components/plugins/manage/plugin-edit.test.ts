import { describe, expect, it } from "vitest";
import { readEdit } from "./plugin-edit.ts";

const PLUGIN = { name: "Acme", endpoint: "http://127.0.0.1:8090", healthCheckIntervalSeconds: 60 };
const SAME = { name: "Acme", endpoint: "http://127.0.0.1:8090", intervalSeconds: "60" };

describe("readEdit", () => {
  it("sends only what differs", () => {
    expect(readEdit(PLUGIN, SAME)).toEqual({ patch: {}, problems: {} });
    expect(readEdit(PLUGIN, { ...SAME, name: " New ", intervalSeconds: " 15 " }).patch).toEqual({
      name: "New",
      healthCheckIntervalSeconds: 15,
    });
  });

  it("names every wrong field and keeps it out of the patch", () => {
    const { patch, problems } = readEdit(PLUGIN, { name: "a/b", endpoint: " ", intervalSeconds: "60s" });
    expect(patch).toEqual({});
    expect(Object.keys(problems)).toEqual(["name", "endpoint", "intervalSeconds"]);
  });

  it.each(["4", "3601", "7.5", ""])("refuses an interval of %o", (intervalSeconds) => {
    expect(readEdit(PLUGIN, { ...SAME, intervalSeconds }).problems.intervalSeconds).toContain("5 to 3600");
  });

  it("leaves a plugin in the box without an address", () => {
    expect(readEdit({ ...PLUGIN, endpoint: null }, { ...SAME, endpoint: null })).toEqual({
      patch: {},
      problems: {},
    });
  });
});
