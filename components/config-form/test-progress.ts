import type { ConfigTestEvent, TestStep, TestStepName } from "@/lib/contract/config-test.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";

/** A test as it stands. `stopped`: by the person who started it. */
export interface TestProgress {
  phase: "ready" | "running" | "done" | "stopped" | "failed";
  live: boolean;
  /** In the order they run; those that have not begun have no `step`. */
  steps: Array<{ name: TestStepName; step: TestStep | null }>;
  ok: boolean;
  /** What ended it besides a failed step. */
  error: ErrorInfo | null;
}

export const READY: TestProgress = { phase: "ready", live: false, steps: [], ok: false, error: null };

export type TestAction =
  ConfigTestEvent | { type: "begin" } | { type: "stop" } | { type: "fail"; error: ErrorInfo };

/** What one event makes of a test. The newest step of a name counts. */
export function reduceTest(progress: TestProgress, action: TestAction): TestProgress {
  switch (action.type) {
    case "begin":
      return { ...READY, phase: "running" };
    case "start":
      return {
        ...progress,
        live: action.live,
        steps: action.steps.map((name) => ({ name, step: null })),
      };
    case "step":
      return { ...progress, steps: place(progress.steps, action.step) };
    case "done":
      return { ...progress, phase: action.error ? "failed" : "done", ok: action.ok, error: action.error };
    case "stop":
      return progress.phase === "running" ? { ...progress, phase: "stopped" } : progress;
    case "fail":
      return progress.phase === "running" ? { ...progress, phase: "failed", error: action.error } : progress;
  }
}

function place(steps: TestProgress["steps"], step: TestStep): TestProgress["steps"] {
  if (!steps.some(({ name }) => name === step.name)) return [...steps, { name: step.name, step }];
  return steps.map((one) => (one.name === step.name ? { ...one, step } : one));
}

/** What is read out: how it begins and how it ends, and nothing in between. */
export function announceTest({ phase, ok, steps, error }: TestProgress): string {
  const failed = steps.find(({ step }) => step?.status === "failed");
  switch (phase) {
    case "ready":
      return "";
    case "running":
      return "The test runs.";
    case "stopped":
      return "The test was stopped.";
    case "failed":
      return `The test ended early: ${error?.message ?? "the connection broke off"}`;
    case "done":
      return ok
        ? "The test passed: every step."
        : `The test failed at ${failed ? STEP_TITLES[failed.name].toLowerCase() : "a step"}.`;
  }
}

const WAY: ReadonlySet<TestStepName> = new Set(["address", "dns", "tcp", "tls"]);

/** The steps worth a row: without those on the way to a plugin that is built in, all of which are skipped. */
export function toRows(steps: TestProgress["steps"]): TestProgress["steps"] {
  const hasWay = steps.some(({ name, step }) => WAY.has(name) && step?.status !== "skipped");
  return hasWay ? steps : steps.filter(({ name }) => !WAY.has(name));
}

/** Steps in words for people. */
export const STEP_TITLES: Record<TestStepName, string> = {
  address: "Address allowed",
  dns: "Name found",
  tcp: "Connection",
  tls: "Encryption",
  metadata: "Metadata",
  identity: "Identity",
  config: "Configuration valid",
  initialize: "Initialise with the draft",
  health: "Health",
  models: "Models",
  chat: "One short chat",
  restore: "Put the saved configuration back",
  cleanup: "Clean up",
};
