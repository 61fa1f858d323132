// npm test: installs what the tests need, a browser too, then runs every suite. The last line is "N passed, N failed".
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { ensureBuilt, ensureGenerated, ensureInstalled, hasCommand, root, run, say } from "./prepare.mjs";

const results = mkdtempSync(join(tmpdir(), "loom-test-"));
const bin = (name) => join(root, "node_modules/.bin", name);
const EXAMPLES = ["example-nodejs", "example-grpc"];
const total = { passed: 0, failed: 0 };

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
process.stdout.write(`\nafter ${Math.round((Date.now() - began) / 1000)} s\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function prepare() {
  try {
    await ensureInstalled();
    await ensureGenerated();
    await ensureBuilt();
    await ensureBrowser();
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
  if (process.getuid?.() === 0 && hasCommand("apt-get")) {
    try {
      await run("apt-get", ["update", "-qq"]);
      await run("apt-get", ["install", "-y", "-qq", "chromium"]);
      return;
    } catch (error) {
      process.stderr.write(`${error.message}; trying Playwright's own browser\n`);
    }
  }
  await run(bin("playwright"), ["install", "chromium"]);
}

/** A suite that either holds or does not. */
async function check(name, command, args) {
  const ok = (await show(name, command, args)) === 0;
  total[ok ? "passed" : "failed"] += 1;
}

async function unit() {
  const report = join(results, "unit.json");
  const code = await show("unit and integration", bin("vitest"), [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const counts = readReport(report);
  count(code, counts?.numPassedTests, counts?.numFailedTests);
}

async function exampleSuite(example) {
  const report = join(results, `${example}.tap`);
  const code = await show(
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
  count(code, Number(/^# pass (\d+)$/m.exec(text)?.[1]), Number(/^# fail (\d+)$/m.exec(text)?.[1]));
}

async function endToEnd() {
  const report = join(results, "e2e.json");
  const code = await show("end to end", bin("playwright"), ["test", "--reporter=list,json"], ".", {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const stats = readReport(report)?.stats;
  // A test that passed only on a second try is flaky, and flaky is broken.
  count(code, stats?.expected, stats ? stats.unexpected + stats.flaky : undefined);
}

/** A suite that ended badly without saying how counts as one failure. */
function count(code, passed, failed) {
  total.passed += passed || 0;
  total.failed += failed || (code === 0 && passed > 0 ? 0 : 1);
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function show(name, command, args, cwd = ".", env = {}) {
  process.stdout.write(`\n— ${name}\n`);
  const child = spawn(command, args, {
    cwd: join(root, cwd),
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, NODE_ENV: "test", ...env },
  });
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => resolve(code ?? 1));
  });
}
