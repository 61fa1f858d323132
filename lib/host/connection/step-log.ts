import type { LifecycleStep } from "../../contract/plugin.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import { toFailure } from "../failure.ts";

type StepName = LifecycleStep["name"];

/** What a step brought, and what to say about it. With `error` it is shown as failed, and the steps after it go on. */
export interface StepResult<T> extends Pick<LifecycleStep, "note" | "error" | "answer" | "warnings"> {
  value: T;
}

/** The steps of the newest enable or disable, readable while they run. */
export interface StepLog {
  list(): LifecycleStep[];
  hasFailed(name: StepName): boolean;
  /** Forgets the last run and lists what is coming. */
  begin(names: readonly StepName[]): void;
  /** Runs one step and records time, note, error, and what was sent and answered. Throws what the work throws. */
  run<T>(
    name: StepName,
    work: () => Promise<StepResult<T>>,
    sent?: Pick<LifecycleStep, "request">,
  ): Promise<T>;
  /** One more step after those that were listed. */
  add(name: StepName): void;
  skip(name: StepName, note: string): void;
  /** None of the steps still pending will run. */
  skipRest(): void;
}

export function createStepLog(clock: Clock, log: Log): StepLog {
  let steps: LifecycleStep[] = [];

  const change = (name: StepName, patch: Partial<LifecycleStep>) => {
    steps = steps.map((step) => (step.name === name ? { ...step, ...patch } : step));
  };

  return {
    list: () => steps,
    hasFailed: (name) => steps.some((step) => step.name === name && step.status === "failed"),
    begin(names) {
      steps = names.map((name) => ({ name, status: "pending" }));
    },
    async run(name, work, sent = {}) {
      const startedMs = clock.monotonic();
      const took = () => ({ durationMs: clock.monotonic() - startedMs });
      change(name, { status: "running", startedAt: new Date(clock.now()).toISOString(), ...sent });
      try {
        const { value, ...outcome } = await work();
        change(name, { status: outcome.error ? "failed" : "ok", ...took(), ...outcome });
        return value;
      } catch (error) {
        change(name, { status: "failed", ...took(), error: toFailure(error, log) });
        throw error;
      }
    },
    add: (name) => void (steps = [...steps, { name, status: "pending" }]),
    skip: (name, note) => change(name, { status: "skipped", note }),
    skipRest() {
      steps = steps.map((step) => (step.status === "pending" ? { ...step, status: "skipped" } : step));
    },
  };
}

/** For work that people do not watch: runs the steps and records nothing. */
export const unrecorded: Pick<StepLog, "run"> = {
  run: async (_name, work) => (await work()).value,
};
