/**
 * Kills the console with SIGKILL at random moments under load: what was acknowledged and is lost, which processes are left, and
 * how long it takes until every enabled plugin is back. Needs a build (`npm run build`). Prints, asserts nothing.
 *
 *   tsx bench/kill-driver.ts [kills=200]
 */
import { loadavg } from "node:os";
import { textTable } from "../scripts/text-table.ts";
import { driveKills } from "../test/kill-driver.ts";
import { ms, percentileOf } from "./figures.ts";

const KILLS = Number(process.argv[2] ?? 200);
const say = (text: string) => process.stdout.write(`${text}\n`);

const report = await driveKills({
  kills: KILLS,
  onKill(number, { lost, orphans, readyMs, backMs }) {
    if (number % 10 === 0)
      say(
        `${number} kills: ${lost.length} lost, ${orphans} orphans, back in at most ${ms(Math.max(0, ...backMs))} ms (p50 ${ms(percentileOf(backMs, 0.5))}, of which ${ms(percentileOf(readyMs, 0.5))} until it answers), load ${loadavg()[0]?.toFixed(1)}`,
      );
  },
});

say(
  textTable([
    ["what", "measured", "wanted"],
    ["kills", `${report.kills}, ${report.duringStart} of them during a start`, ""],
    ["chats answered meanwhile", String(report.chats), ""],
    ["acknowledged changes", String(report.acknowledged), ""],
    ["of these lost", String(report.lost.length), "0"],
    ["processes left behind", String(report.orphans), "0"],
    ["last process gone after the kill, p95 ms", ms(percentileOf(report.goneMs, 0.95)), ""],
    ["last process gone after the kill, max ms", ms(Math.max(...report.goneMs)), ""],
    ["start until it answers, p50 ms", ms(percentileOf(report.readyMs, 0.5)), ""],
    ["start until everything is back, p50 ms", ms(percentileOf(report.backMs, 0.5)), ""],
    ["start until everything is back, p95 ms", ms(percentileOf(report.backMs, 0.95)), ""],
    ["start until everything is back, max ms", ms(Math.max(...report.backMs)), "10000"],
    [
      "load average at the end",
      loadavg()
        .map((load) => load.toFixed(1))
        .join(" "),
      "",
    ],
  ]),
);
for (const line of [...report.lost, ...report.slow]) say(line);
