import { TestStepName, type TestStep } from "../../contract/config-test.ts";
import type { ErrorInfo } from "../../contract/error.ts";
import type { ReachStep } from "../../contract/registration.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import { toFailure } from "../failure.ts";

/** Steps of every trial, in order; `restore` or `cleanup` follow. */
export const TRIAL_STEPS = TestStepName.exclude(["restore", "cleanup"]).options;

/** The result of a step. With `error` it counts as failed, and the steps after it go on. */
export interface TrialStepResult<T> {
  value: T;
  note?: string;
  error?: ErrorInfo;
}

/** The steps of one trial, reported as they happen. */
export interface ConfigTrialSteps {
  begin(name: TestStepName): void;
  run<T>(name: TestStepName, work: () => Promise<TrialStepResult<T>>): Promise<T>;
  skip(name: TestStepName, note: string): void;
  /** The way to the plugin, as its connection traced it. */
  reached(ladder: ReachStep[]): void;
  /** A built-in plugin has no way to it. */
  builtIn(durationMs: number): void;
  /** Nothing more will run. */
  end(error: unknown): void;
  hasFailed(): boolean;
}

const WAY: readonly TestStepName[] = ["address", "dns", "tcp", "tls"];

export function createConfigTrialSteps(
  onStep: (step: TestStep) => void,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): ConfigTrialSteps {
  const ended = new Set<TestStepName>();
  let current: TestStepName = "address";
  let currentMs = clock.monotonic();
  let failed = false;

  function report(step: TestStep): void {
    if (step.status !== "running") ended.add(step.name);
    failed ||= step.status === "failed";
    onStep(step);
  }
  const skip = (name: TestStepName, note?: string) =>
    report({ name, status: "skipped", durationMs: null, ...(note === undefined ? {} : { note }) });
  const begin = (name: TestStepName) => {
    current = name;
    currentMs = clock.monotonic();
    report({ name, status: "running", durationMs: null });
  };

  return {
    begin,
    skip,
    hasFailed: () => failed,
    async run(name, work) {
      begin(name);
      const { value, ...result } = await work();
      report({
        name,
        status: result.error ? "failed" : "ok",
        durationMs: clock.monotonic() - currentMs,
        ...result,
      });
      return value;
    },
    reached(ladder) {
      for (const step of ladder.filter(({ name }) => WAY.some((way) => way === name)))
        report(toWayStep(step));
      const rest = ladder.filter(({ name }) => !WAY.some((way) => way === name));
      const broken = rest.find(({ error }) => error !== undefined)?.error;
      const isSkipped = rest.every(({ status }) => status === "skipped");
      const durationMs = isSkipped ? null : rest.reduce((sum, step) => sum + (step.durationMs ?? 0), 0);
      const status = broken ? "failed" : isSkipped ? "skipped" : "ok";
      report({ name: "metadata", status, durationMs, ...(broken ? { error: broken } : {}) });
    },
    builtIn(durationMs) {
      for (const name of WAY) skip(name, "Built in");
      report({ name: "metadata", status: "ok", durationMs });
    },
    end(error) {
      if (!ended.has(current) && !signal.aborted) {
        const durationMs = clock.monotonic() - currentMs;
        report({ name: current, status: "failed", durationMs, error: toFailure(error, log) });
      }
      for (const name of TRIAL_STEPS) if (!ended.has(name)) skip(name);
    },
  };
}

function toWayStep({ name, status, durationMs, note, error }: ReachStep): TestStep {
  return {
    name: name as TestStepName,
    status,
    durationMs,
    ...(note === undefined ? {} : { note }),
    ...(error === undefined ? {} : { error }),
  };
}
