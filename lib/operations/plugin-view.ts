import type { PluginDrift } from "../contract/drift.ts";
import type { LifecycleStep, Plugin, PluginSummary } from "../contract/plugin.ts";
import type { PluginReference } from "../contract/registration.ts";
import { redactSensitive } from "../core/config.ts";
import type { PluginRecord } from "../data/data.ts";
import type { PluginStatus } from "../host/host.ts";

const MAX_MODEL_IDS = 200;

/** What is stored and what the host knows, as one row of a list. Waits for nothing. */
export function toSummary(record: PluginRecord, status: PluginStatus): PluginSummary {
  const { manifest } = record;
  return {
    id: record.id,
    name: record.name,
    badge: status.badge,
    reason: status.reason,
    desired: record.desired,
    lifecycle: status.lifecycle,
    health: status.health,
    type: manifest.type,
    providerType: manifest.metadata.provider_type,
    version: manifest.metadata.version,
    endpoint: record.endpoint,
    ...status.stats,
    lastCheck: status.lastCheck,
    failureCode: status.failure?.code ?? null,
    ejection: status.ejection,
    fileState: record.file?.state ?? null,
    streaming: manifest.metadata.capabilities.streaming,
    hasCommand: manifest.command !== undefined && manifest.type !== "builtin",
    modelIds: status.models.models.slice(0, MAX_MODEL_IDS).map(({ id }) => id),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
  };
}

/** What names a plugin where something else is shown. */
export function toPluginReference({ id, name, endpoint }: PluginRecord): PluginReference {
  return { id, name, endpoint };
}

/** One plugin, whole. */
export function toPlugin(
  record: PluginRecord,
  status: PluginStatus,
  missingConfig: string[],
  drift: PluginDrift | null,
): Plugin {
  return {
    ...toSummary(record, status),
    manifest: record.manifest,
    origin: record.origin,
    file: record.file,
    findings: record.findings,
    healthCheckIntervalSeconds: record.healthCheckIntervalSeconds,
    steps: status.steps.map((step) => redactStep(record, step)),
    failure: status.failure,
    refusal: status.refusal,
    missingConfig,
    drift,
    initializedAt: status.initializedAt,
    reinitializations: status.reinitializations,
    nextCheckAt: status.nextCheckAt,
  };
}

/** A field may have become a secret since its value was sent to the plugin. */
function redactStep({ manifest }: PluginRecord, step: LifecycleStep): LifecycleStep {
  if (step.request === undefined) return step;
  return { ...step, request: redactSensitive(manifest.metadata.config_schema, step.request) };
}
