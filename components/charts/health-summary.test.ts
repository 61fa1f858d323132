import { describe, expect, it } from "vitest";
import type { HealthReport, Incident } from "@/lib/contract/health.ts";
import { describeHealth } from "./health-summary.ts";

const report = (summary: Partial<HealthReport["summary"]>, incidents: Incident[] = []) => ({
  summary: { checks: 0, failures: 0, uptime: null, p50Ms: null, p95Ms: null, ...summary },
  incidents,
});
const incident = (endedAt: string | null): Incident => ({
  id: "i",
  pluginId: "p",
  startedAt: "2026-11-22T12:00:00.000Z",
  endedAt,
  error: { code: "plugin_unreachable", message: "x" },
});
/** Figures and units are held together by no-break spaces. */
const say = (...input: Parameters<typeof describeHealth>) =>
  describeHealth(...input).replaceAll("\u00a0", " ");

describe("describeHealth", () => {
  it("does not call an unchecked stretch good or bad", () => {
    expect(say(report({}), "Last hour")).toBe("Last hour: no health checks.");
  });

  it("says how it went and how fast it was", () => {
    const calm = report({ checks: 720, failures: 0, uptime: 1, p50Ms: 12, p95Ms: 31 });
    expect(say(calm, "Last hour")).toBe(
      "Last hour: 720 checks, none failed, 100 % uptime. Half answered within 12 ms, 95 % within 31 ms. No incidents.",
    );
  });

  it("never rounds a failure away", () => {
    const summary = { checks: 100_000, failures: 1, uptime: 0.99999, p50Ms: 1, p95Ms: 2 };
    expect(say(report(summary), "30 days")).not.toContain("100 %");
  });

  it("names incidents and whether one is open", () => {
    const summary = { checks: 9, failures: 9, uptime: 0 };
    const text = say(report(summary, [incident(null), incident("2026-11-22T12:01:00.000Z")]), "Today");
    expect(text).toContain("Nothing answered.");
    expect(text).toContain("2 incidents, still going on.");
  });
});
