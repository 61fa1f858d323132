import { describe, expect, it } from "vitest";
import { costOf } from "./cost.ts";
import { toRunStats } from "./run-stats.ts";
import type { RunMarks } from "./run-stats.ts";

const MODEL = { id: "m", cost_per_mtoken: 2 };
const MARKS: RunMarks = {
  startedMs: 1000,
  firstTextMs: 1250,
  endedMs: 3250,
  pieces: 10,
  usage: { prompt_tokens: 100, completion_tokens: 40, total_tokens: 140 },
  model: MODEL,
};

describe("the cost", () => {
  it.each([
    ["what the plugin says", { cost_usd: 0.5, total_tokens: 10 }, MODEL, 0.5, false],
    ["nothing, when the plugin says so", { cost_usd: 0 }, MODEL, 0, false],
    ["tokens × price", { total_tokens: 1_000_000 }, MODEL, 2, true],
    ["both kinds of tokens", { prompt_tokens: 250_000, completion_tokens: 250_000 }, MODEL, 1, true],
    ["free of charge", { total_tokens: 10 }, { id: "m", cost_per_mtoken: 0 }, 0, true],
    ["unknown without a price", { total_tokens: 10 }, { id: "m" }, null, false],
    ["unknown without a model", { total_tokens: 10 }, null, null, false],
    ["unknown without usage", null, MODEL, null, false],
    ["unknown with half the tokens", { completion_tokens: 10 }, MODEL, null, false],
  ])("is %s", (_name, usage, model, costUsd, costEstimated) => {
    expect(costOf(usage, model)).toEqual({ costUsd, costEstimated });
  });
});

describe("the numbers under an answer", () => {
  it("are measured from the marks", () => {
    expect(toRunStats(MARKS)).toEqual({
      ttftMs: 250,
      totalMs: 2250,
      promptTokens: 100,
      completionTokens: 40,
      tokensPerSecond: 20,
      costUsd: 0.00028,
      costEstimated: true,
    });
  });

  it("are unknown, never 0, for what was not received", () => {
    expect(toRunStats({ ...MARKS, firstTextMs: null, pieces: 0, usage: null })).toEqual({
      ttftMs: null,
      totalMs: 2250,
      promptTokens: null,
      completionTokens: null,
      tokensPerSecond: null,
      costUsd: null,
      costEstimated: false,
    });
  });

  it("take the whole time for the rate of an answer that came in one piece", () => {
    const stats = toRunStats({ ...MARKS, firstTextMs: 3249.9, endedMs: 3250, pieces: 1 });
    expect(stats.tokensPerSecond).toBeCloseTo(40 / 2.25);
  });

  it("never divide by no time", () => {
    expect(toRunStats({ ...MARKS, firstTextMs: 1000, endedMs: 1000 }).tokensPerSecond).toBeNull();
  });
});
