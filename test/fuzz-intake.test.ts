import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { fuzzIntake } from "./fuzz-intake.ts";

let loom: TestConsole;
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());

/** `npm run bench:fuzz-intake` does a million and measures; how long one input takes is asked there. */
it(
  "twenty thousand generated manifests and addresses break nothing and store nothing",
  { timeout: 240_000 },
  async () => {
    const seed = Number(process.env["FC_SEED"] ?? 20_261_124);
    const report = await fuzzIntake({ runs: 20_000, seed, apiEvery: 50, loom });
    expect(report).toMatchObject({ runs: 20_000, failures: [], crashes: [], isPrototypeUnchanged: true });
    expect(report.requests).toBeGreaterThan(200);
    expect(report.accepted).toBeGreaterThan(1_000);
    expect(await loom.data.plugins.list()).toEqual([]);
  },
);
