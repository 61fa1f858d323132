import { describe, expect, it } from "vitest";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { countStates, filterPlugins, keepOrder, sortPlugins } from "./plugin-filter.ts";

function plugin(name: string, change: Partial<PluginSummary> = {}): PluginSummary {
  return {
    id: name,
    name,
    badge: "healthy",
    reason: null,
    desired: "enabled",
    lifecycle: "ready",
    health: "up",
    type: "http",
    providerType: "acme",
    version: "1.0.0",
    endpoint: null,
    p50Ms: null,
    p95Ms: null,
    uptime: null,
    sparkline: [],
    failureCode: null,
    lastCheck: null,
    ejection: null,
    fileState: null,
    streaming: false,
    hasCommand: false,
    modelIds: [],
    createdAt: "2026-11-22T00:00:00.000Z",
    updatedAt: "2026-11-22T00:00:00.000Z",
    ...change,
  };
}

const names = (plugins: readonly PluginSummary[]) => plugins.map(({ name }) => name);

describe("filterPlugins", () => {
  const all = [
    plugin("Alpha", { endpoint: "http://127.0.0.1:8090" }),
    plugin("Beta", { badge: "down", providerType: "openai" }),
    plugin("Gamma", { badge: "disabled" }),
  ];
  const ejected = plugin("Mute", {
    ejection: {
      until: "2026-11-22T00:00:30.000Z",
      failures: 5,
      error: { code: "plugin_error", message: "It answered with 500." },
    },
  });

  it("finds every word in name, provider or endpoint, whatever the case", () => {
    expect(names(filterPlugins(all, { search: "BETA open", state: "all" }))).toEqual(["Beta"]);
    expect(names(filterPlugins(all, { search: "8090", state: "all" }))).toEqual(["Alpha"]);
    expect(names(filterPlugins(all, { search: "alpha beta", state: "all" }))).toEqual([]);
  });

  it("narrows to a badge or to what needs attention", () => {
    expect(names(filterPlugins(all, { search: "", state: "attention" }))).toEqual(["Beta"]);
    expect(names(filterPlugins(all, { search: "", state: "disabled" }))).toEqual(["Gamma"]);
    expect(countStates(all)).toMatchObject({ all: 3, attention: 1, healthy: 1, failed: 0 });
  });

  it("counts a healthy plugin whose chats fail among what needs attention, before the others that are healthy", () => {
    expect(names(filterPlugins([...all, ejected], { search: "", state: "attention" }))).toEqual([
      "Beta",
      "Mute",
    ]);
    expect(names(sortPlugins([...all, ejected], { sort: "state", order: "asc" }))).toEqual([
      "Beta",
      "Mute",
      "Alpha",
      "Gamma",
    ]);
  });
});

describe("sortPlugins", () => {
  it("puts the worst first, and equals by name", () => {
    const all = [
      plugin("b"),
      plugin("off", { badge: "disabled" }),
      plugin("bad", { badge: "failed" }),
      plugin("a"),
    ];
    expect(names(sortPlugins(all, { sort: "state", order: "asc" }))).toEqual(["bad", "a", "b", "off"]);
  });

  it("puts unknown figures last in both directions", () => {
    const all = [plugin("none"), plugin("slow", { p50Ms: 90 }), plugin("fast", { p50Ms: 3 })];
    expect(names(sortPlugins(all, { sort: "p50", order: "asc" }))).toEqual(["fast", "slow", "none"]);
    expect(names(sortPlugins(all, { sort: "p50", order: "desc" }))).toEqual(["slow", "fast", "none"]);
  });

  it("reads numbers in names as numbers", () => {
    const all = [plugin("plugin 10"), plugin("plugin 9")];
    expect(names(sortPlugins(all, { sort: "name", order: "asc" }))).toEqual(["plugin 9", "plugin 10"]);
  });
});

describe("keepOrder", () => {
  it("holds the remembered order, drops what is gone and appends what is new", () => {
    const all = [plugin("new"), plugin("a"), plugin("b")];
    expect(names(keepOrder(all, ["b", "gone", "a"]))).toEqual(["b", "a", "new"]);
    expect(names(keepOrder(all, null))).toEqual(["new", "a", "b"]);
  });
});
