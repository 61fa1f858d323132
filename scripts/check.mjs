// npm run check: types, lint, format, unit. What to run before every commit; stays under a minute.
import { nodeInUse } from "./private-node.mjs";
import { ensureGenerated, ensureInstalled, pathOfTool, run } from "./prepare.mjs";

const began = performance.now();
process.stdout.write(`  ${nodeInUse}\n`);

await ensureInstalled();
await ensureGenerated();
const steps = [
  ["types", "tsc", "--noEmit"],
  [
    "lint",
    "eslint",
    "--cache",
    "--cache-location",
    "node_modules/.cache/eslint/",
    "--max-warnings",
    "0",
    ".",
  ],
  ["format", "prettier", "--check", "--cache", "--log-level", "warn", "."],
  ["unit", "vitest", "run", "--project", "unit"],
];
let failed = false;
// Two at a time: the machines this runs on have two cores, and the first two steps are single-threaded.
for (const pair of [steps.slice(0, 2), steps.slice(2)]) {
  const outcomes = await Promise.allSettled(pair.map(([, name, ...args]) => run(pathOfTool(name), args)));
  outcomes.forEach((outcome, index) => {
    const ok = outcome.status === "fulfilled";
    failed ||= !ok;
    process.stdout.write(`${ok ? "✓" : "✗"} ${pair[index][0]}\n`);
  });
}
process.stdout.write(
  `${failed ? "failed" : "all good"} after ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
);
process.exit(failed ? 1 : 0);
