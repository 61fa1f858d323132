import type { PluginSummary } from "@/lib/contract/plugin.ts";

/** Built-in plugins that answer without a key and without a network. */
const NEEDS_NOTHING: ReadonlySet<string> = new Set(["eliza", "simulator"]);

export interface FirstStep {
  /** Whom to talk to now, or whom to look at because nobody is well. */
  plugin: PluginSummary;
  isWell: boolean;
  /** It needs no key and no network. */
  needsNothing: boolean;
}

/** Where the first minutes go while only built-in plugins exist: to one that is well, best one that needs nothing. Null without any. */
export function chooseFirstStep(plugins: readonly PluginSummary[]): FirstStep | null {
  const needsNothing = ({ providerType }: PluginSummary) => NEEDS_NOTHING.has(providerType);
  const isWell = ({ badge, ejection }: PluginSummary) => badge === "healthy" && ejection === null;
  const best = plugins.toSorted(
    (a, b) => Number(isWell(b)) - Number(isWell(a)) || Number(needsNothing(b)) - Number(needsNothing(a)),
  )[0];
  return best ? { plugin: best, isWell: isWell(best), needsNothing: needsNothing(best) } : null;
}
