import { driveKills } from "../test/kill-driver.ts";
import { expect, test } from "./fixtures.ts";

test("ten kills under load lose nothing that was acknowledged, leave no process, and everything comes back", async () => {
  // Eleven starts of a console, on a machine that may be busy.
  test.setTimeout(300_000);
  const report = await driveKills({ kills: 10 });
  expect(report.lost).toEqual([]);
  expect(report.orphans).toBe(0);
  expect(report.kills).toBe(10);
  expect(report.acknowledged).toBeGreaterThan(0);
});
