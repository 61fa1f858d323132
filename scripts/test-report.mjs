// What the reports of the test runners tell: failures as `{ name, file?, test?, reason }`, none for a report that is missing;
// and times as `{ file, ms }`.
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** @param report vitest's JSON report. A file that could not be loaded counts like a test, without a `test`. */
export function failuresOfVitest(report) {
  return (report?.testResults ?? []).flatMap(({ name, message, assertionResults }) => [
    ...(message ? [{ name, file: name, reason: message }] : []),
    ...assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ ancestorTitles, title, fullName, failureMessages }) => ({
        name: `${name} › ${fullName}`,
        file: name,
        // As `--testNamePattern` sees it.
        test: [...ancestorTitles, title].join(" > "),
        reason: failureMessages.join("\n"),
      })),
  ]);
}

/** @param text TAP as node:test writes it: the line of a failed test, and what is told below it. */
export function failuresOfTap(suite, text) {
  return [...text.matchAll(/^ *not ok .*(?:\n(?! *(?:not )?ok |#).*)*/gm)].map(([found]) => ({
    name: suite,
    reason: found,
  }));
}

/** @param report Playwright's JSON report. */
export function failuresOfPlaywright(report) {
  return (report?.suites ?? [])
    .flatMap(specsOf)
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => ({
      name: `${file} › ${title}`,
      file,
      test: title,
      reason: tests
        .flatMap(({ results }) => results.flatMap(({ errors }) => errors.map(({ message }) => message ?? "")))
        .join("\n"),
    }));
}

/** More failures than this are no flakiness: running them all again would only make the wait longer. */
const MOST_RETRIED = 10;

/** Whether failed tests run once more: in CI only, and only a few. */
export function isWorthRetrying(failed) {
  return ["true", "1"].includes(process.env.CI ?? "") && failed.length > 0 && failed.length <= MOST_RETRIED;
}

/** What vitest is told to run these failed integration tests alone; whole files where one could not be loaded. */
export function retryArguments(failed) {
  const files = [...new Set(failed.map(({ file }) => file))];
  const isWholeFile = failed.some(({ test }) => test === undefined);
  const tests = failed.map(({ test = "" }) => test.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
  const pattern = isWholeFile ? [] : ["--testNamePattern", `^(?:${tests})$`];
  return ["--project=integration", "--maxWorkers=1", ...files, ...pattern];
}

/**
 * What a second run of failed tests settles: `recovered` are those that it ran and that did not fail again; the others, also
 * those it did not run at all, are `remaining`, with their first reason.
 *
 * @param failed failures of the first run
 * @param report JSON report of the second run, of vitest or Playwright
 * @param failedAgain failures of the second run
 */
export function settleRetry(failed, report, failedAgain) {
  const again = new Set(failedAgain.map(({ name }) => name));
  const ran = new Set(namesOf(report));
  const hasRecovered = ({ name }) => ran.has(name) && !again.has(name);
  return {
    recovered: failed.filter(hasRecovered),
    remaining: failed.filter((failure) => !hasRecovered(failure)),
  };
}

/** @returns per file of vitest's JSON report, how long it took, with a path below `root` */
export function timesOfVitest(report, root) {
  return (report?.testResults ?? []).map(({ name, startTime, endTime }) => ({
    file: relative(root, name),
    ms: endTime - startTime,
  }));
}

/** @returns per test of Playwright's JSON report, how long its runs took together, under the name of its file */
export function timesOfPlaywright(report) {
  return (report?.suites ?? []).flatMap(specsOf).map(({ file, tests }) => ({
    file: `e2e/${file}`,
    ms: tests.flatMap(({ results }) => results).reduce((sum, { duration }) => sum + duration, 0),
  }));
}

/** Tests with their reasons, under a word like `flaky`, for the end of a long log. */
export function tell(word, list) {
  for (const { name, reason } of list) {
    const text = stripVTControlCharacters(reason).trim().slice(0, 3_000).replace(/^/gm, "  ");
    process.stdout.write(`\n${word}: ${name}\n${text}\n`);
  }
}

/** The files that took longest, slowest first; times of one file are added up. */
export function slowestFiles(times, most) {
  const sums = Map.groupBy(times, ({ file }) => file);
  return [...sums]
    .map(([file, parts]) => ({ file, ms: parts.reduce((sum, { ms }) => sum + ms, 0) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, most);
}

/** The names, as failures have them, of everything that ran. */
function namesOf(report) {
  const ofVitest = (report?.testResults ?? []).flatMap(({ name, assertionResults }) => [
    ...(assertionResults.length > 0 ? [name] : []),
    ...assertionResults
      .filter(({ status }) => status === "passed")
      .map(({ fullName }) => `${name} › ${fullName}`),
  ]);
  const ofPlaywright = (report?.suites ?? [])
    .flatMap(specsOf)
    .filter(({ tests }) => tests.some(({ results }) => results.length > 0))
    .map(({ file, title }) => `${file} › ${title}`);
  return [...ofVitest, ...ofPlaywright];
}

function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}
