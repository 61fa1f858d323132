import { describe, expect, it } from "vitest";
import type { HealthBucket, Incident } from "@/lib/contract/health.ts";
import { toUptimeCells } from "./uptime-cells.ts";

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 22, 12, 30);
const bucket = (at: number, checks: number, failures: number): HealthBucket => ({
  at,
  checks,
  failures,
  p50Ms: null,
  p95Ms: null,
  minMs: null,
  maxMs: null,
});
const incident = (startedAt: number, endedAt: number | null): Incident => ({
  id: "i",
  pluginId: "p",
  startedAt: new Date(startedAt).toISOString(),
  endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  error: { code: "plugin_unreachable", message: "Nothing listens there." },
});

describe("toUptimeCells", () => {
  it("covers 24 clock hours and ends with the one under way", () => {
    const cells = toUptimeCells({ to: TO, buckets: [], incidents: [] });
    expect(cells).toHaveLength(24);
    expect(cells.at(-1)).toMatchObject({ from: Date.UTC(2026, 10, 22, 12), to: Date.UTC(2026, 10, 22, 13) });
    expect(cells[0]?.from).toBe(Date.UTC(2026, 10, 21, 13));
  });

  it("never shows unchecked hours as up or down", () => {
    const cells = toUptimeCells({
      to: TO,
      buckets: [bucket(TO - 2 * HOUR, 0, 0)],
      incidents: [incident(TO - 9 * HOUR, null)],
    });
    expect(new Set(cells.map((cell) => cell.state))).toEqual(new Set(["none"]));
    expect(cells.every((cell) => cell.uptime === null)).toBe(true);
  });

  it("tells an incident from a few failed checks", () => {
    const now = toUptimeCells({ to: TO, buckets: [bucket(TO - 60_000, 10, 2)], incidents: [] });
    expect(now.at(-1)).toMatchObject({ state: "degraded", checks: 10, failures: 2, uptime: 0.8 });
    const down = toUptimeCells({
      to: TO,
      buckets: [bucket(TO - 60_000, 10, 2), bucket(TO - HOUR, 10, 0)],
      incidents: [incident(TO - 300_000, TO - 60_000)],
    });
    expect(down.at(-1)).toMatchObject({ state: "down" });
    expect(down.at(-1)?.incidents).toHaveLength(1);
    expect(down.at(-2)).toMatchObject({ state: "ok", uptime: 1, incidents: [] });
  });

  it("counts an open incident in every hour since it began", () => {
    const buckets = [0, 1, 2].map((hours) => bucket(TO - hours * HOUR, 10, 10));
    const cells = toUptimeCells({ to: TO, buckets, incidents: [incident(TO - 2 * HOUR, null)] });
    expect(cells.slice(-3).map((cell) => cell.state)).toEqual(["down", "down", "down"]);
  });
});
