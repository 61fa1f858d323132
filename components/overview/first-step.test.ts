import { describe, expect, it } from "vitest";
import type { Badge, PluginSummary } from "@/lib/contract/plugin.ts";
import { chooseFirstStep } from "./first-step.ts";

const plugin = (providerType: string, badge: Badge, ejection: object | null = null) =>
  ({
    id: providerType,
    name: providerType,
    providerType,
    badge,
    ejection,
    lifecycle: "ready",
  }) as PluginSummary;
const choose = (...plugins: PluginSummary[]) => {
  const step = chooseFirstStep(plugins);
  return step && [step.plugin.providerType, step.isWell, step.needsNothing];
};

describe("chooseFirstStep", () => {
  it("leads to a plugin that is well, and says of none that needs a key that it needs none", () => {
    expect(choose(plugin("openai-compatible", "down"), plugin("eliza", "healthy"))).toEqual([
      "eliza",
      true,
      true,
    ]);
    expect(choose(plugin("anthropic", "healthy"), plugin("eliza", "disabled"))).toEqual([
      "anthropic",
      true,
      false,
    ]);
  });

  it("calls nobody ready who is down, switched off, or fails every chat", () => {
    expect(choose(plugin("openai-compatible", "down"))).toEqual(["openai-compatible", false, false]);
    expect(choose(plugin("anthropic", "disabled"), plugin("eliza", "disabled"))).toEqual([
      "eliza",
      false,
      true,
    ]);
    expect(choose(plugin("simulator", "healthy", { failures: 5 }))).toEqual(["simulator", false, true]);
  });

  it("has nobody to lead to without plugins", () => {
    expect(choose()).toBeNull();
  });
});
