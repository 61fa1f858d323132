import { driveKills } from "../test/kill-driver.ts";
import { expect, test } from "./fixtures.ts";

test("three kills under load lose nothing that was acknowledged, leave no process, and everything comes back", async () => {
  // `npm run bench:kill-driver` kills two hundred times.
  const report = await driveKills({ kills: 3 });
  expect(report.lost).toEqual([]);
  expect(report.orphans).toBe(0);
  expect(report.kills).toBe(3);
  expect(report.acknowledged).toBeGreaterThan(0);
});
