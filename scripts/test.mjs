// npm test: installs what the tests need, a browser too, then runs every suite. The last line is "N passed, N failed".
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { ensureBuilt, ensureGenerated, ensureInstalled, hasCommand, root, run, say } from "./prepare.mjs";
import { failuresOfPlaywright, failuresOfTap, failuresOfVitest } from "./test-report.mjs";

const results = mkdtempSync(join(tmpdir(), "loom-test-"));
const bin = (name) => join(root, "node_modules/.bin", name);
const EXAMPLES = ["example-nodejs", "example-grpc"];
const total = { passed: 0, failed: 0 };
/** What failed, with the reason, told again at the end: who reads a long log from its end must not search for it. */
const failures = [];

process.chdir(root);
const began = Date.now();
await prepare();
await check("types", bin("tsc"), ["--noEmit"]);
await check("lint", bin("eslint"), [
  "--cache",
  "--cache-location",
  "node_modules/.cache/eslint/",
  "--max-warnings",
  "0",
  ".",
]);
await check("format", bin("prettier"), ["--check", "--cache", "--log-level", "warn", "."]);
await check("unused code", bin("knip"), []);
await unit();
for (const example of EXAMPLES) await exampleSuite(example);
await check("bundle budget", bin("tsx"), ["scripts/bundle-budget.ts"]);
await endToEnd();
for (const { name, reason } of failures) {
  process.stdout.write(
    `\nfailed: ${name}\n${stripVTControlCharacters(reason).trim().slice(0, 3_000).replace(/^/gm, "  ")}\n`,
  );
}
process.stdout.write(`\nafter ${Math.round((Date.now() - began) / 1000)} s\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function prepare() {
  try {
    await ensureInstalled();
    await ensureGenerated();
    await ensureBuilt("");
    // For e2e/base-path.spec.ts: some twenty seconds.
    await ensureBuilt("/loom");
    await ensureBrowser();
    await ensureProxy();
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

/** A Chromium of the system; else the distribution's package where we may install one; else Playwright's own. */
async function ensureBrowser() {
  if (["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].some(hasCommand)) return;
  say("Installing a browser for the tests");
  if (!(await installPackage("chromium"))) await run(bin("playwright"), ["install", "chromium"]);
}

/** An nginx of the system; else the distribution's package. Without one e2e/base-path.spec.ts fails. */
async function ensureProxy() {
  if (hasCommand("nginx") || existsSync("/usr/sbin/nginx")) return;
  say("Installing nginx for the tests");
  await installPackage("nginx");
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

/** A suite that either holds or does not. */
async function check(name, command, args) {
  const { code, tail } = await show(name, command, args);
  total[code === 0 ? "passed" : "failed"] += 1;
  if (code !== 0) failures.push({ name, reason: tail });
}

async function unit() {
  const report = join(results, "unit.json");
  const { code, tail } = await show("unit and integration", bin("vitest"), [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const counts = readReport(report);
  const failed = failuresOfVitest(counts);
  count("unit and integration", { code, tail, failed }, counts?.numPassedTests, counts?.numFailedTests);
}

async function exampleSuite(example) {
  const report = join(results, `${example}.tap`);
  const { code, tail } = await show(
    example,
    process.execPath,
    [
      "--test",
      "--test-reporter=tap",
      `--test-reporter-destination=${report}`,
      "--test-reporter=dot",
      "--test-reporter-destination=stdout",
      "test/",
    ],
    join("examples/plugins", example),
  );
  const text = existsSync(report) ? readFileSync(report, "utf8") : "";
  const failed = failuresOfTap(example, text);
  count(
    example,
    { code, tail, failed },
    Number(/^# pass (\d+)$/m.exec(text)?.[1]),
    Number(/^# fail (\d+)$/m.exec(text)?.[1]),
  );
}

async function endToEnd() {
  const report = join(results, "e2e.json");
  const { code, tail } = await show("end to end", bin("playwright"), ["test", "--reporter=list,json"], ".", {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const outcome = readReport(report);
  const failed = failuresOfPlaywright(outcome);
  const stats = outcome?.stats;
  // A test that passed only on a second try is flaky, and flaky is broken.
  count(
    "end to end",
    { code, tail, failed },
    stats?.expected,
    stats ? stats.unexpected + stats.flaky : undefined,
  );
}

/** A suite that ended badly without saying how counts as one failure. */
function count(name, { code, tail, failed }, passed, failedCount) {
  total.passed += passed || 0;
  total.failed += failedCount || (code === 0 && passed > 0 ? 0 : 1);
  if (failed.length === 0 && (code !== 0 || !passed)) failures.push({ name, reason: tail });
  failures.push(...failed);
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** Shows what a command prints while it prints it; answers its exit status and its last lines. */
function show(name, command, args, cwd = ".", env = {}) {
  process.stdout.write(`\n— ${name}\n`);
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
      to.write(bytes);
      tail = `${tail}${bytes}`.slice(-3_000);
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, tail: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, tail }));
  });
}
