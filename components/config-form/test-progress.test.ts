import { describe, expect, it } from "vitest";
import { announceTest, READY, reduceTest, type TestAction } from "./test-progress.ts";

const run = (...actions: TestAction[]) => actions.reduce(reduceTest, READY);
const START: TestAction = { type: "start", live: true, steps: ["address", "initialize"] };

describe("a test's progress", () => {
  it("shows every step from the start and the newest word on each", () => {
    const progress = run(
      { type: "begin" },
      START,
      { type: "step", step: { name: "address", status: "running", durationMs: null } },
      { type: "step", step: { name: "address", status: "ok", durationMs: 2 } },
    );
    expect(progress.steps.map(({ name, step }) => [name, step?.status])).toEqual([
      ["address", "ok"],
      ["initialize", undefined],
    ]);
    expect(progress).toMatchObject({ phase: "running", live: true });
  });

  it("adds a step it was not told of", () => {
    const progress = run(START, {
      type: "step",
      step: { name: "restore", status: "running", durationMs: null },
    });
    expect(progress.steps.at(-1)?.name).toBe("restore");
  });

  it("announces beginning and end, and no step in between", () => {
    const running = run({ type: "begin" }, START);
    const further = reduceTest(running, {
      type: "step",
      step: { name: "initialize", status: "failed", durationMs: 9 },
    });
    expect(announceTest(further)).toBe(announceTest(running));
    const failed = reduceTest(further, { type: "done", ok: false, saved: null, error: null });
    expect(announceTest(failed)).toContain("initialise");
  });

  it("keeps to the end it had: a stop after the end changes nothing, an end after a stop is no failure", () => {
    const done: TestAction = { type: "done", ok: true, saved: null, error: null };
    expect(run({ type: "begin" }, START, done, { type: "stop" }).phase).toBe("done");
    const error = { code: "console_unreachable", message: "gone" } as const;
    expect(run({ type: "begin" }, START, { type: "stop" }, { type: "fail", error }).phase).toBe("stopped");
  });
});
