import { TestStepName, type TestStep } from "../../contract/config-test.ts";
import type { ErrorInfo } from "../../contract/error.ts";
import type { ReachStep } from "../../contract/registration.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import { toFailure } from "../failure.ts";

/** Steps of every trial, in order; `restore` or `cleanup` follow. */
export const TRIAL_STEPS = TestStepName.exclude(["restore", "cleanup"]).options;

/** What a step brought. With `error` it counts as failed, and the steps after it go on. */
export interface Told<T> {
  value: T;
  note?: string;
  error?: ErrorInfo;
}

/** The steps of one trial, reported as they happen. */
export interface TrialSteps {
  begin(name: TestStepName): void;
  run<T>(name: TestStepName, work: () => Promise<Told<T>>): Promise<T>;
  skip(name: TestStepName, note: string): void;
  /** The way to the plugin, as its connection told it. */
  reached(ladder: ReachStep[]): void;
  /** A plugin in the box has no way to it. */
  inTheBox(durationMs: number): void;
  /** Nothing more will run. */
  end(error: unknown): void;
  hasFailed(): boolean;
}

const WAY: readonly TestStepName[] = ["address", "dns", "tcp", "tls"];

export function createTrialSteps(
  report: (step: TestStep) => void,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): TrialSteps {
  const ended = new Set<TestStepName>();
  let current: TestStepName = "address";
  let currentMs = clock.monotonic();
  let failed = false;

  function tell(step: TestStep): void {
    if (step.status !== "running") ended.add(step.name);
    failed ||= step.status === "failed";
    report(step);
  }
  const skip = (name: TestStepName, note?: string) =>
    tell({ name, status: "skipped", durationMs: null, ...(note === undefined ? {} : { note }) });
  const begin = (name: TestStepName) => {
    current = name;
    currentMs = clock.monotonic();
    tell({ name, status: "running", durationMs: null });
  };

  return {
    begin,
    skip,
    hasFailed: () => failed,
    async run(name, work) {
      begin(name);
      const { value, ...told } = await work();
      tell({
        name,
        status: told.error ? "failed" : "ok",
        durationMs: clock.monotonic() - currentMs,
        ...told,
      });
      return value;
    },
    reached(ladder) {
      for (const step of ladder.filter(({ name }) => WAY.some((way) => way === name))) tell(toWayStep(step));
      const rest = ladder.filter(({ name }) => !WAY.some((way) => way === name));
      const broken = rest.find(({ error }) => error !== undefined)?.error;
      const isSkipped = rest.every(({ status }) => status === "skipped");
      const durationMs = isSkipped ? null : rest.reduce((sum, step) => sum + (step.durationMs ?? 0), 0);
      const status = broken ? "failed" : isSkipped ? "skipped" : "ok";
      tell({ name: "metadata", status, durationMs, ...(broken ? { error: broken } : {}) });
    },
    inTheBox(durationMs) {
      for (const name of WAY) skip(name, "Built in");
      tell({ name: "metadata", status: "ok", durationMs });
    },
    end(error) {
      if (!ended.has(current) && !signal.aborted) {
        const durationMs = clock.monotonic() - currentMs;
        tell({ name: current, status: "failed", durationMs, error: toFailure(error, log) });
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
