import { Check, Circle, LoaderCircle, Minus, X, type LucideIcon } from "lucide-react";
import type { TestStep } from "@/lib/contract/config-test.ts";
import { formatMs } from "../ui/numbers.ts";
import { STEP_TITLES, type TestProgress } from "./test-progress.ts";

const MARKS: Record<TestStep["status"] | "pending", { icon: LucideIcon; word: string; look: string }> = {
  pending: { icon: Circle, word: "not yet", look: "text-faint" },
  running: { icon: LoaderCircle, word: "running", look: "bg-info-soft text-info [&_svg]:animate-spin" },
  ok: { icon: Check, word: "passed", look: "bg-ok-soft text-ok" },
  failed: { icon: X, word: "failed", look: "bg-bad-soft text-bad" },
  skipped: { icon: Minus, word: "skipped", look: "bg-idle-soft text-idle" },
};

/** A test step by step: icon, word, milliseconds, what was learnt, and for a failure what to do. */
export function TestSteps({
  steps,
  ended,
  onField,
}: {
  steps: TestProgress["steps"];
  /** Nothing more will come: what has not run never will. */
  ended: boolean;
  /** Leads to the field an issue is about. */
  onField: (path: string) => void;
}) {
  return (
    <ol>
      {steps.map(({ name, step }) => {
        const { icon: Icon, word, look } = MARKS[step?.status ?? "pending"];
        return (
          <li
            key={name}
            ref={step?.status === "failed" ? showFailed : undefined}
            className="group flex gap-3"
          >
            <span aria-hidden className="flex flex-col items-center">
              <span
                className={`flex size-6 items-center justify-center rounded-full [&_svg]:size-3.5 ${look}`}
              >
                <Icon />
              </span>
              <span className="w-px flex-1 bg-line group-last:hidden" />
            </span>
            <div className="flex min-w-0 flex-1 flex-col gap-1 pb-3 group-last:pb-0">
              <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-3">
                <p className={step ? "font-medium" : "text-muted"}>{STEP_TITLES[name]}</p>
                <span className="figures text-sm text-muted">
                  {step === null && ended ? "did not run" : word}
                  {step?.durationMs == null ? null : ` · ${formatMs(step.durationMs)}`}
                </span>
              </div>
              {step?.note ? <p className="text-sm text-muted wrap-anywhere">{step.note}</p> : null}
              {step?.error ? <StepError error={step.error} onField={onField} /> : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** What failed may be below the fold. */
function showFailed(row: HTMLLIElement | null): void {
  row?.scrollIntoView({ block: "nearest" });
}

function StepError({
  error: { message, hint, issues },
  onField,
}: {
  error: NonNullable<TestStep["error"]>;
  onField: (path: string) => void;
}) {
  return (
    <div className="flex flex-col gap-1 text-sm wrap-anywhere">
      {issues && issues.length > 0 ? (
        <ul className="flex flex-col gap-1">
          {issues.map((issue) => (
            <li key={issue.path + issue.message} className="text-bad">
              <button
                type="button"
                className="min-h-6 font-mono text-accent hover:underline"
                onClick={() => onField(issue.path)}
              >
                {issue.path.replace(/^(values|secrets)\./, "")}
              </button>{" "}
              {issue.message}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-bad">{message}</p>
      )}
      {hint ? (
        <p>
          <span className="font-medium">To fix it: </span>
          <span className="text-muted">{hint}</span>
        </p>
      ) : null}
    </div>
  );
}
