import type { Sample } from "../../contract/health.ts";
import { percentile } from "../../core/buckets.ts";
import type { PluginStatus } from "../host.ts";

type Stats = PluginStatus["stats"];

const SPAN_MS = 24 * 60 * 60 * 1000;
const SPARKLINE_LENGTH = 60;

/** The checks of one plugin over the last 24 h. Memory: three numbers per check; reading is free between two checks. */
export interface SampleWindow {
  /** In the order of time. */
  add(sample: Sample): void;
  /** What was stored before the first `add`, oldest first; later samples are known already and are left out. */
  warm(stored: readonly Sample[]): void;
  /** As `PluginSummary` defines them: percentiles over passed checks, nulls in the sparkline for failed ones. */
  stats(nowMs: number): Stats;
}

export function createSampleWindow(): SampleWindow {
  let times: number[] = [];
  /** NaN for a failed check. */
  let latencies: number[] = [];
  let cached: Stats | null = null;

  function dropOlderThan(edgeMs: number): void {
    const first = times.findIndex((at) => at >= edgeMs);
    const count = first === -1 ? times.length : first;
    if (count === 0) return;
    times.splice(0, count);
    latencies.splice(0, count);
    cached = null;
  }

  return {
    add(sample) {
      times.push(sample.at);
      latencies.push(toLatency(sample));
      cached = null;
    },
    warm(stored) {
      const first = times[0] ?? Infinity;
      const older = stored.filter(({ at }) => at < first);
      times = [...older.map(({ at }) => at), ...times];
      latencies = [...older.map(toLatency), ...latencies];
      cached = null;
    },
    stats(nowMs) {
      dropOlderThan(nowMs - SPAN_MS);
      cached ??= toStats(latencies);
      return cached;
    },
  };
}

function toLatency({ ok, latencyMs }: Sample): number {
  return ok && latencyMs !== null ? latencyMs : Number.NaN;
}

function toStats(latencies: readonly number[]): Stats {
  const passed = new Float64Array(latencies.filter((latency) => !Number.isNaN(latency))).sort();
  return {
    p50Ms: percentile(passed, 0.5),
    p95Ms: percentile(passed, 0.95),
    uptime: latencies.length === 0 ? null : passed.length / latencies.length,
    sparkline: latencies.slice(-SPARKLINE_LENGTH).map((latency) => (Number.isNaN(latency) ? null : latency)),
  };
}
