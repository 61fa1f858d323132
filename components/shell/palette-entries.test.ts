import { describe, expect, it } from "vitest";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { findEntries } from "./palette-entries.ts";

const plugin = (id: string, name: string, hasCommand = false) =>
  ({ id, name, providerType: "acme", hasCommand }) as PluginSummary;
const PLUGINS = [plugin("a1", "Acme Models"), plugin("b/2", "Beta", true)];
const labels = (query: string) => findEntries(PLUGINS, query).map(({ label }) => label);

describe("findEntries", () => {
  it("offers pages, actions and every plugin before anything is typed", () => {
    expect(labels(" ")).toEqual(
      expect.arrayContaining(["Overview", "Add plugin", "Sign out", "Acme Models", "Beta"]),
    );
    expect(labels("")).not.toContain("Beta: Health");
  });

  it("finds the parts of a plugin by words in any order", () => {
    expect(labels("health beta")).toEqual(["Beta: Health"]);
    expect(labels("activity")).toEqual(["Activity", "Acme Models: Activity", "Beta: Activity"]);
  });

  it("reaches the log of a plugin that has one", () => {
    expect(labels("log")).toEqual(["Beta: Logs"]);
  });

  it("puts what starts with the query first", () => {
    expect(labels("p").slice(0, 2)).toEqual(["Plugins", "Playground"]);
  });

  it("writes ids into addresses safely", () => {
    expect(findEntries(PLUGINS, "beta chat")[0]?.action).toEqual({
      kind: "go",
      href: "/playground?plugin=b%2F2",
    });
  });

  it("stays short with a thousand plugins", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => plugin(`p${index}`, `Plugin ${index}`));
    expect(findEntries(many, "plugin").length).toBeLessThanOrEqual(40);
    expect(findEntries(many, "").length).toBeLessThanOrEqual(40);
  });
});
