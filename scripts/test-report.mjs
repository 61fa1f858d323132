// What failed, read from the reports of the test runners: `{ name, reason }` each, none for a report that is missing.

/** @param report vitest's JSON report. A file that could not be loaded counts like a test. */
export function failuresOfVitest(report) {
  return (report?.testResults ?? []).flatMap(({ name, message, assertionResults }) => [
    ...(message ? [{ name, reason: message }] : []),
    ...assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => ({
        name: `${name} › ${fullName}`,
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
      reason: tests
        .flatMap(({ results }) => results.flatMap(({ errors }) => errors.map(({ message }) => message ?? "")))
        .join("\n"),
    }));
}

function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}
