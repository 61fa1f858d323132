import { AppError } from "../contract/error.ts";
import type { HealthReport } from "../contract/health.ts";
import { summarize, toBuckets } from "../core/buckets.ts";
import type { Authorized } from "./actor.ts";
import type { Context } from "./context.ts";
import { getRecord } from "./plugins.ts";

const HOUR_MS = 3_600_000;
const MAX_RANGE_MS = 90 * 24 * HOUR_MS;

/** Epoch ms. `to` defaults to now, `from` to an hour before `to`. */
export interface HealthRange {
  from?: number | undefined;
  to?: number | undefined;
}

/** Buckets for the chart, the figures of the whole range, incidents and markers. At most 90 days; throws `validation_failed`. */
export async function getHealth(
  context: Context,
  _actor: Authorized<"plugins:read">,
  idOrName: string,
  range: HealthRange,
): Promise<HealthReport> {
  const { data, host, clock } = context;
  const { from, to } = requireRange(range, clock.now());
  const record = await getRecord(data, idOrName);
  const [samples, incidents, markers] = await Promise.all([
    data.samples.range(record.id, from, to),
    data.incidents.list(record.id, from, to),
    data.markers.list(record.id, from, to),
  ]);
  const intervalSeconds = record.healthCheckIntervalSeconds;
  return {
    from,
    to,
    ...toBuckets(samples, { from, to, intervalSeconds }),
    summary: summarize(samples),
    incidents,
    markers,
    lastCheck: host.status(record.id).lastCheck,
    intervalSeconds,
  };
}

function requireRange({ from, to }: HealthRange, now: number): { from: number; to: number } {
  const end = to ?? now;
  const start = from ?? end - HOUR_MS;
  if (start >= end) {
    throw new AppError("validation_failed", "The range ends before it begins.", {
      field: "from",
      hint: "Choose a start that lies before the end.",
    });
  }
  if (end - start > MAX_RANGE_MS) {
    throw new AppError(
      "validation_failed",
      "The range is longer than 90 days, and health is kept for 90 days.",
      {
        field: "from",
        hint: "Choose at most 90 days.",
      },
    );
  }
  return { from: start, to: end };
}
