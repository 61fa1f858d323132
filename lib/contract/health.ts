import { z } from "zod";
import { ErrorInfo } from "./error.ts";
import { LastCheck } from "./plugin.ts";

/** A stored health check. Epoch milliseconds: this is the hot table. */
export const Sample = z.object({
  at: z.number().int(),
  ok: z.boolean(),
  /** Null when nothing answered. */
  latencyMs: z.number().nonnegative().nullable(),
  code: z.string().nullable(),
});
export type Sample = z.infer<typeof Sample>;

/** One point of the chart. Latencies are null where nothing was measured: a gap, never 0. */
export const HealthBucket = z.object({
  /** Start of the bucket, epoch ms. */
  at: z.number().int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  minMs: z.number().nullable(),
  maxMs: z.number().nullable(),
  checks: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
});
export type HealthBucket = z.infer<typeof HealthBucket>;

export const Incident = z.object({
  id: z.string(),
  pluginId: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** First failure. */
  error: ErrorInfo,
});
export type Incident = z.infer<typeof Incident>;

/** Something that explains a change in the line. */
export const HealthMarker = z.object({
  at: z.number().int(),
  kind: z.enum(["config", "enabled", "disabled", "reinitialized", "registered", "ejected"]),
  label: z.string(),
});
export type HealthMarker = z.infer<typeof HealthMarker>;

/** At most this many points per series leave the server (`ux.md`, Health). */
export const MAX_BUCKETS = 600;

/** `GET /api/plugins/:id/health?from&to` (ISO or epoch ms; default the last hour). */
export const HealthReport = z.object({
  from: z.number().int(),
  to: z.number().int(),
  bucketMs: z.number().int().positive(),
  buckets: z.array(HealthBucket).max(MAX_BUCKETS),
  /** Over the whole range, from the samples themselves and not from the buckets. */
  summary: z.object({
    checks: z.number().int(),
    failures: z.number().int(),
    uptime: z.number().min(0).max(1).nullable(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
  incidents: z.array(Incident),
  markers: z.array(HealthMarker),
  lastCheck: LastCheck.nullable(),
  intervalSeconds: z.number().int(),
});
export type HealthReport = z.infer<typeof HealthReport>;

/** `GET /api/overview`: what needs attention first. */
export const Overview = z.object({
  counts: z.object({
    total: z.number().int(),
    healthy: z.number().int(),
    attention: z.number().int(),
    disabled: z.number().int(),
  }),
  incidents: z.array(Incident.extend({ pluginName: z.string() })),
});
export type Overview = z.infer<typeof Overview>;
