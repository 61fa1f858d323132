import { describe, expect, it } from "vitest";
import { failuresOfPlaywright, failuresOfVitest, settleRetry, slowestFiles } from "./test-report.mjs";

const vitestReport = (status: string, message = "") => ({
  testResults: [
    {
      name: "/loom/lib/a.test.ts",
      message,
      assertionResults: [
        {
          ancestorTitles: ["a"],
          title: "holds",
          fullName: "a holds",
          status,
          failureMessages: ["expected 1 to be 2"],
        },
      ],
    },
  ],
});
const playwrightReport = (ok: boolean) => ({
  suites: [
    {
      suites: [
        {
          specs: [
            {
              file: "a.spec.ts",
              title: "a page opens",
              ok,
              tests: [{ results: [{ errors: ok ? [] : [{ message: "no page" }], duration: 5 }] }],
            },
          ],
        },
      ],
    },
  ],
});

describe("a test that failed and runs once more", () => {
  it.each([
    ["vitest", failuresOfVitest, vitestReport("failed"), vitestReport("passed")],
    ["Playwright", failuresOfPlaywright, playwrightReport(false), playwrightReport(true)],
  ] as const)(
    "recovers when it passes then, with its first reason (%s)",
    (_name, failuresOf, first, second) => {
      const failed = failuresOf(first);
      expect(settleRetry(failed, second, failuresOf(second))).toEqual({ recovered: failed, remaining: [] });
      expect(failed[0]?.reason).not.toBe("");
    },
  );

  it("has the name by which vitest runs it alone", () => {
    expect(failuresOfVitest(vitestReport("failed"))[0]?.test).toBe("a > holds");
  });

  it("stays failed when it fails again, was not run, or the second run left no report", () => {
    const failed = failuresOfVitest(vitestReport("failed"));
    for (const second of [vitestReport("failed"), vitestReport("skipped"), { testResults: [] }, undefined]) {
      expect(settleRetry(failed, second, failuresOfVitest(second))).toEqual({
        recovered: [],
        remaining: failed,
      });
    }
  });

  it("stays failed when its file could not be loaded again", () => {
    const broken = vitestReport("passed", "SyntaxError");
    const failed = failuresOfVitest(broken);
    expect(settleRetry(failed, broken, failuresOfVitest(broken)).remaining).toEqual(failed);
  });
});

it("the slowest files come first, their parts added up", () => {
  const times = [
    { file: "a", ms: 2 },
    { file: "b", ms: 5 },
    { file: "a", ms: 4 },
    { file: "c", ms: 1 },
  ];
  expect(slowestFiles(times, 2)).toEqual([
    { file: "a", ms: 6 },
    { file: "b", ms: 5 },
  ]);
});
