// npm test: installs what the tests need, a browser too, then runs every suite. The last line is "N passed, N failed".
// With CI=true, a failed integration or browser test runs once more, alone: what passes then is told as flaky and fails nothing.
// --nodes=22,26 tries the newest Node of those major versions too, as `npm run test:nodes` does.
import { nodeInUse } from "./private-node.mjs";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import {
  ensureBuilt,
  ensureGenerated,
  ensureInstalled,
  hasCommand,
  pathOfTool,
  root,
  run,
  say,
  useMemoryForTemporaryFiles,
} from "./prepare.mjs";
import {
  failuresOfPlaywright,
  failuresOfTap,
  failuresOfVitest,
  isWorthRetrying,
  retryArguments,
  settleRetry,
  slowestFiles,
  tell,
  timesOfPlaywright,
  timesOfVitest,
} from "./test-report.mjs";

const EXAMPLES = ["example-nodejs", "example-grpc"];
const otherNodes = /^--nodes=([\d,]+)$/.exec(process.argv[2] ?? "")?.[1]?.split(",") ?? [];

process.chdir(root);
useMemoryForTemporaryFiles();
const results = mkdtempSync(join(tmpdir(), "loom-test-"));
const total = { passed: 0, failed: 0 };
/** What failed, with the reason, told again at the end: who reads a long log from its end must not search for it. */
const failures = [];
const flaky = [];
const times = [];

const began = Date.now();
process.stdout.write(`  ${nodeInUse}\n`);
await prepare();
await Promise.all([
  check("types", pathOfTool("tsc"), ["--noEmit"]),
  check("lint", pathOfTool("eslint"), [
    "--cache",
    "--cache-location",
    "node_modules/.cache/eslint/",
    "--max-warnings",
    "0",
    ".",
  ]),
]);
await Promise.all([
  check("format", pathOfTool("prettier"), ["--check", "--cache", "--log-level", "warn", "."]),
  check("unused code", pathOfTool("knip"), []),
]);
await unitAndIntegration();
for (const example of EXAMPLES) await exampleSuite(example);
await check("bundle budget", pathOfTool("tsx"), ["scripts/bundle-budget.ts"]);
await endToEnd();
for (const major of otherNodes) await otherNode(major);
report();

async function prepare() {
  try {
    await ensureInstalled();
    await ensureGenerated();
    await ensureBuilt("");
    // For e2e/base-path.spec.ts: some twenty seconds.
    await ensureBuilt("/loom");
    await ensureBrowser();
    await ensureProgram("nginx", "e2e/base-path.spec.ts");
    await ensureProgram("systemd-analyze", "test/deployment.test.ts", "systemd");
    say("Installing the example plugins");
    for (const example of EXAMPLES) {
      await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: join(root, "examples/plugins", example),
      });
    }
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    process.stdout.write("0 passed, 1 failed\n");
    process.exit(1);
  }
}

/** A Chromium of the system; else the distribution's, of which the shell is enough; else Playwright's own. */
async function ensureBrowser() {
  const browsers = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
  if (browsers.some(hasCommand)) return;
  say("Installing a browser for the tests");
  if (await installPackage("chromium-headless-shell")) return;
  if (await installPackage("chromium")) return;
  await run(pathOfTool("playwright"), ["install", "chromium"]);
}

/** A program that a suite runs: the system's own, else out of the distribution's package. Without one that suite fails, and says so. */
async function ensureProgram(name, suite, packageName = name) {
  if (hasCommand(name) || existsSync(`/usr/sbin/${name}`)) return;
  say(`Installing ${packageName} for ${suite}`);
  await installPackage(packageName);
}

/** Of the distribution, where we may install one. Answers whether it is there now. */
async function installPackage(name) {
  if (process.getuid?.() !== 0 || !hasCommand("apt-get")) return false;
  // Of a service only the program is wanted: in runlevel 1 none is started.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  try {
    await run("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", name], { env });
    return true;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}

/** A suite that either holds or does not. What it prints comes in one piece, since two run side by side. */
async function check(name, command, args) {
  const { code, tail } = await show(name, command, args, { atOnce: true });
  total[code === 0 ? "passed" : "failed"] += 1;
  if (code !== 0) failures.push({ name, reason: tail });
}

async function unitAndIntegration() {
  const name = "unit and integration";
  const first = await vitest(name, "unit", []);
  times.push(...timesOfVitest(first.report, root));
  const outcome = await withRetry(first, (failed) =>
    vitest(`${name}, failed tests once more`, "unit-retry", retryArguments(failed)),
  );
  count(name, outcome, first.report?.numPassedTests, first.report?.numFailedTests);
}

async function vitest(name, file, args) {
  const path = join(results, `${file}.json`);
  const ended = await show(name, pathOfTool("vitest"), [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${path}`,
    ...args,
  ]);
  const told = readReport(path);
  return { ...ended, report: told, failed: failuresOfVitest(told) };
}

async function exampleSuite(example) {
  const path = join(results, `${example}.tap`);
  const ended = await show(
    example,
    process.execPath,
    [
      "--test",
      "--test-reporter=tap",
      `--test-reporter-destination=${path}`,
      "--test-reporter=dot",
      "--test-reporter-destination=stdout",
      "test/plugin.test.js",
    ],
    { cwd: join("examples/plugins", example) },
  );
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const outcome = { ...ended, failed: failuresOfTap(example, text) };
  count(
    example,
    outcome,
    Number(/^# pass (\d+)$/m.exec(text)?.[1]),
    Number(/^# fail (\d+)$/m.exec(text)?.[1]),
  );
}

async function endToEnd() {
  const name = "end to end";
  const first = await playwright(name, "e2e", []);
  times.push(...timesOfPlaywright(first.report));
  const outcome = await withRetry(first, () =>
    playwright(`${name}, failed tests once more`, "e2e-retry", [
      "--last-failed",
      "--workers=1",
      "--trace=retain-on-failure",
    ]),
  );
  count(name, outcome, first.report?.stats.expected, first.report?.stats.unexpected);
}

async function playwright(name, file, args) {
  const path = join(results, `${file}.json`);
  const ended = await show(name, pathOfTool("playwright"), ["test", "--reporter=list,json", ...args], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: path },
  });
  const told = readReport(path);
  return { ...ended, report: told, failed: failuresOfPlaywright(told) };
}

/** Unit and integration suites, a start, a chat and a stop on the newest Node of a major version. */
async function otherNode(major) {
  const name = `on Node ${major}`;
  const ended = await show(name, process.execPath, ["scripts/test-nodes.mjs", major]);
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(ended.tail) ?? [];
  for (const [, test, reason] of ended.tail.matchAll(/^flaky: (.*)\n((?: {2}.*\n)*)/gm)) {
    flaky.push({ name: `${name}: ${test}`, reason });
  }
  count(name, { ...ended, failed: [] }, Number(passed), Number(failed));
}

/** In CI, runs the few tests that failed once more; answers what is left of the failures, and how many passed then. */
async function withRetry(first, again) {
  if (!isWorthRetrying(first.failed)) return first;
  const second = await again(first.failed);
  const { recovered, remaining } = settleRetry(first.failed, second.report, second.failed);
  flaky.push(...recovered);
  return {
    code: remaining.length === 0 ? 0 : 1,
    tail: first.tail,
    failed: remaining,
    recovered: recovered.length,
  };
}

/** A suite that ended badly without saying how counts as one failure. */
function count(name, { code, tail, failed, recovered = 0 }, passed, failedCount) {
  const left = (failedCount || 0) - recovered;
  total.passed += (passed || 0) + recovered;
  total.failed += left || (code === 0 && passed > 0 ? 0 : 1);
  if (failed.length === 0 && (code !== 0 || !passed)) failures.push({ name, reason: tail });
  failures.push(...failed);
}

function report() {
  process.stdout.write("\nslowest files:\n");
  for (const { file, ms } of slowestFiles(times, 10)) {
    process.stdout.write(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}\n`);
  }
  tell("flaky", flaky);
  tell("failed", failures);
  process.stdout.write(`\nafter ${Math.round((Date.now() - began) / 1000)} s\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  rmSync(results, { recursive: true, force: true });
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** Shows what a command prints, while it prints it or `atOnce` at its end; answers its exit status and its last characters. */
function show(name, command, args, { cwd = ".", env = {}, atOnce = false } = {}) {
  const title = `\n— ${name}\n`;
  if (!atOnce) process.stdout.write(title);
  const child = spawn(command, args, {
    cwd: join(root, cwd),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: "1" }), NODE_ENV: "test", ...env },
  });
  let tail = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.on("data", (bytes) => {
      if (!atOnce) to.write(bytes);
      tail = `${tail}${bytes}`.slice(atOnce ? -20_000 : -3_000);
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, tail: error.message }));
    child.on("close", (code) => {
      if (atOnce) process.stdout.write(title + tail);
      resolve({ code: code ?? 1, tail });
    });
  });
}
