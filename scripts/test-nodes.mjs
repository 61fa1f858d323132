// npm run test:nodes [MAJOR …]: on the newest Node of each major version from npm (22, 24 and 26 unless named), the unit and
// integration suites, and a console that starts, answers a chat and stops. The last line is "N passed, N failed".
import "./private-node.mjs";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import {
  ensureBuilt,
  ensureGenerated,
  ensureInstalled,
  root,
  run,
  say,
  useMemoryForTemporaryFiles,
} from "./prepare.mjs";
import { failuresOfVitest, isWorthRetrying, retryArguments, settleRetry, tell } from "./test-report.mjs";

const majors = process.argv.length > 2 ? process.argv.slice(2) : ["22", "24", "26"];
const total = { passed: 0, failed: 0 };
const failures = [];
const flaky = [];

process.chdir(root);
useMemoryForTemporaryFiles();
await ensureInstalled();
await ensureGenerated();
await ensureBuilt();
for (const major of majors) {
  const node = await installNode(major);
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
  process.stdout.write(`\n— Node ${version}\n`);
  await suites(node, version);
  count(await isGood(node, ["node_modules/tsx/dist/cli.mjs", "scripts/smoke.ts"]));
}
tell("failed", failures);
tell("flaky", flaky);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Puts the newest Node of a major version into .node/ and answers the path of its binary. */
async function installNode(major) {
  const name = { linux: "node-linux-", darwin: "node-darwin-", win32: "node-win-" }[process.platform];
  const folder = join(root, `.node/test-${major}`);
  say(`Fetching the newest Node ${major} from npm`);
  mkdirSync(folder, { recursive: true });
  await run(
    "npm",
    [
      "install",
      "--no-save",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      "--prefix",
      folder,
      `${name}${process.arch}@${major}`,
    ],
    { cwd: folder },
  );
  return join(folder, `node_modules/${name}${process.arch}/bin/node`);
}

/** The unit and integration suites; each test counts. In CI, integration tests that failed run once more, as in `npm test`. */
async function suites(node, version) {
  const first = await vitest(node, `.node/report-${version}.json`, []);
  if (first.report === undefined) return count(false);
  const { numPassedTests, numFailedTests } = first.report;
  let remaining = first.failed;
  let recovered = [];
  if (isWorthRetrying(first.failed)) {
    const second = await vitest(node, `.node/retry-${version}.json`, retryArguments(first.failed));
    ({ recovered, remaining } = settleRetry(first.failed, second.report, second.failed));
  }
  flaky.push(...recovered);
  failures.push(...remaining);
  total.passed += numPassedTests + recovered.length;
  // A suite that could not be loaded has no tests to count.
  total.failed +=
    Math.max(numFailedTests - recovered.length, remaining.length) ||
    (first.isOk || recovered.length > 0 ? 0 : 1);
}

async function vitest(node, path, args) {
  const file = join(root, path);
  rmSync(file, { force: true });
  const isOk = await isGood(node, [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...args,
  ]);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  return { isOk, report, failed: failuresOfVitest(report) };
}

function count(isOk) {
  total[isOk ? "passed" : "failed"] += 1;
}

/** Runs a program on this Node, and whatever that program starts by name on it too. */
function isGood(node, args) {
  const child = spawn(node, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "test",
      PATH: [dirname(node), process.env.PATH].filter(Boolean).join(delimiter),
    },
  });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
