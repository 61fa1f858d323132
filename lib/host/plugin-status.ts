import { toBadge, toReason } from "../core/badge.ts";
import type { Desired, Ejection } from "../contract/plugin.ts";
import { UNKNOWN } from "../core/verdict.ts";
import type { HealthTracker } from "./health/health-tracker.ts";
import type { PluginStatus, Reported } from "./host.ts";
import type { LifecycleController } from "./lifecycle/lifecycle-controller.ts";

/** What a plugin's status is made of. */
export interface StatusParts {
  desired: Desired;
  controller: LifecycleController;
  tracker: HealthTracker;
  ejection: Ejection | null;
  activeChats: number;
  reinitializations: number;
  reported: Reported | null;
  /** Epoch ms of the next check or attempt. */
  nextCheckAt: number | null;
}

/** Everything the host knows about one plugin at this instant, from memory. */
export function toStatus(parts: StatusParts): PluginStatus {
  const { desired, controller, tracker, ejection, activeChats, reinitializations, reported, nextCheckAt } =
    parts;
  const { health, failures } = tracker.verdict();
  const lastCheck = tracker.lastCheck();
  const refusal = controller.refusal();
  const axes = { desired, lifecycle: controller.lifecycle(), health };
  const isLimited = health === "degraded" && failures === 0;
  const problem = controller.failure() ?? (failures > 0 || isLimited ? (lastCheck?.error ?? null) : null);
  const initializedAt = controller.connection()?.handshake()?.at;
  return {
    badge: toBadge(axes),
    reason: toReason({
      ...axes,
      problem,
      failures,
      ejection,
      waitsForPerson: nextCheckAt === null,
      activeChats,
    }),
    lifecycle: axes.lifecycle,
    health,
    steps: controller.steps(),
    failure: controller.failure(),
    refusal,
    lastCheck,
    ejection,
    stats: tracker.stats(),
    models: controller.models(),
    initializedAt: initializedAt === undefined ? null : toIso(initializedAt),
    reported,
    reinitializations,
    nextCheckAt: nextCheckAt === null ? null : toIso(nextCheckAt),
  };
}

/** Of a plugin the host has not heard of. */
export const UNKNOWN_PLUGIN: PluginStatus = {
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
  models: { models: [], fetchedAt: null, warnings: [] },
  initializedAt: null,
  reported: null,
  reinitializations: 0,
  nextCheckAt: null,
};

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
