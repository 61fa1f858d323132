import { toBadge, toReason } from "../core/badge.ts";
import type { Desired, Ejection } from "../contract/plugin.ts";
import { UNKNOWN } from "../core/verdict.ts";
import type { HealthTracker } from "./health/health-tracker.ts";
import type { PluginStatus, Reported } from "./host.ts";
import type { Power } from "./lifecycle/lifecycle-controller.ts";

/** What a plugin's status is made of. */
export interface StatusParts {
  desired: Desired;
  power: Power;
  tracker: HealthTracker;
  ejection: Ejection | null;
  activeChats: number;
  reinitializations: number;
  reported: Reported | null;
  /** Epoch ms of the next check or attempt. */
  nextTurnAt: number | null;
}

/** Everything the host knows about one plugin at this instant, from memory. */
export function toStatus(parts: StatusParts): PluginStatus {
  const { desired, power, tracker, ejection, activeChats, reinitializations, reported, nextTurnAt } = parts;
  const { health, failures } = tracker.verdict();
  const lastCheck = tracker.lastCheck();
  const refusal = power.refusal();
  const axes = { desired, lifecycle: power.lifecycle(), health };
  const problem = power.failure() ?? (failures > 0 ? (lastCheck?.error ?? null) : null);
  const initializedAt = power.link()?.introduction()?.at;
  return {
    badge: toBadge(axes),
    reason: toReason({
      ...axes,
      problem,
      failures,
      ejection,
      waitsForPerson: nextTurnAt === null,
      activeChats,
    }),
    lifecycle: axes.lifecycle,
    health,
    steps: power.steps(),
    failure: power.failure(),
    refusal,
    lastCheck,
    ejection,
    stats: tracker.stats(),
    models: power.models(),
    initializedAt: initializedAt === undefined ? null : toIso(initializedAt),
    reported,
    reinitializations,
    nextCheckAt: nextTurnAt === null ? null : toIso(nextTurnAt),
  };
}

/** Of a plugin the host has not heard of. */
export const STRANGER: PluginStatus = {
  badge: "disabled",
  reason: null,
  lifecycle: "disabled",
  health: UNKNOWN.health,
  steps: [],
  failure: null,
  refusal: null,
  lastCheck: null,
  ejection: null,
  stats: { p50Ms: null, p95Ms: null, uptime: null, sparkline: [] },
  models: { models: [], fetchedAt: null },
  initializedAt: null,
  reported: null,
  reinitializations: 0,
  nextCheckAt: null,
};

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
