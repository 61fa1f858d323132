import { expect, it } from "vitest";
import { fuzzAnswers } from "./fuzz-answers.ts";

/** `npm run bench:fuzz` does a million. */
it("thousands of mutated answers are each a result or a failure with a code, and none gives the secret away", async () => {
  const seed = Number(process.env["FC_SEED"] ?? 20_261_201);
  const report = await fuzzAnswers({ runs: 4_000, seed });
  expect(report).toMatchObject({ runs: 4_000, crashes: [], leaks: [], hangs: 0 });
  expect(report.answered).toBeGreaterThan(200);
  expect(Object.keys(report.codes).length).toBeGreaterThan(8);
});
