import type { Model, Usage } from "../contract/protocol.ts";

export interface Cost {
  /** USD; null when it cannot be known. */
  costUsd: number | null;
  /** True when computed from the model's price instead of reported by the plugin. */
  costEstimated: boolean;
}

/**
 * What one answer cost: the plugin's own `cost_usd`, else tokens × `cost_per_mtoken` (USD per million tokens,
 * input and output together). Unknown tokens or an unknown price give null, never 0.
 */
export function costOf(usage: Usage | null, model: Model | null): Cost {
  if (usage?.cost_usd !== undefined) return { costUsd: usage.cost_usd, costEstimated: false };
  const tokens = totalTokens(usage);
  const price = model?.cost_per_mtoken;
  if (tokens === null || price === undefined) return { costUsd: null, costEstimated: false };
  return { costUsd: (tokens * price) / 1_000_000, costEstimated: true };
}

/** USD. A million tokens are hardly ever sold for less; a thousand usually are. */
const SUSPICIOUS_BELOW = 0.01;

/** The price per million tokens that was likely meant by `usd`; null for a price that looks like one. */
export function findLikelyPrice(usd: number): number | null {
  return usd > 0 && usd < SUSPICIOUS_BELOW ? Number((usd * 1000).toPrecision(12)) : null;
}

function totalTokens(usage: Usage | null): number | null {
  if (usage === null) return null;
  if (usage.total_tokens !== undefined) return usage.total_tokens;
  if (usage.prompt_tokens === undefined || usage.completion_tokens === undefined) return null;
  return usage.prompt_tokens + usage.completion_tokens;
}
