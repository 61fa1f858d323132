"use client";

import { Check, Circle, LoaderCircle, Minus, X, type LucideIcon } from "lucide-react";
import { formatMs } from "@/components/ui/numbers.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { PluginType } from "@/lib/contract/manifest.ts";
import type { LifecycleStep } from "@/lib/contract/plugin.ts";
import { ErrorFacts } from "./error-facts.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { StepExchange } from "./step-exchange.tsx";

const TITLES: Record<LifecycleStep["name"], string> = {
  process: "Start the process",
  metadata: "Ask who it is",
  config: "Check the configuration",
  initialize: "Initialise it",
  health: "Check its health",
  models: "Read its models",
  restore: "Go on with what worked",
  cleanup: "Call its cleanup",
};

/** What a step asks the plugin, in the words of its transport. A built-in plugin is asked nothing over a wire. */
const CALLS: Record<PluginType, Partial<Record<LifecycleStep["name"], string>>> = {
  http: {
    metadata: "GET /metadata",
    initialize: "POST /initialize",
    health: "GET /health",
    models: "GET /models",
    cleanup: "POST /cleanup",
  },
  grpc: {
    metadata: "GetMetadata",
    initialize: "Initialize",
    health: "HealthCheck",
    models: "GetModels",
    cleanup: "Cleanup",
  },
  builtin: {},
};

const MARKS: Record<LifecycleStep["status"], { icon: LucideIcon; word: string; look: string }> = {
  pending: { icon: Circle, word: "not yet", look: "text-faint" },
  running: { icon: LoaderCircle, word: "running", look: "bg-info-soft text-info [&_svg]:animate-spin" },
  ok: { icon: Check, word: "done", look: "bg-ok-soft text-ok" },
  failed: { icon: X, word: "failed", look: "bg-bad-soft text-bad" },
  skipped: { icon: Minus, word: "skipped", look: "bg-idle-soft text-idle" },
};

/** The last enable or disable, step by step; live while it runs. */
export function PluginSteps() {
  const { plugin } = usePluginScreen();
  const { steps } = plugin;
  if (steps.length === 0) return null;
  const began = steps.find((step) => step.startedAt !== undefined)?.startedAt;
  const isDisconnect = steps.some(({ name }) => name === "cleanup");
  return (
    <Panel
      title={isDisconnect ? "Last time it was switched off" : "Last time it was started"}
      actions={
        began ? (
          <span className="text-sm text-muted">
            <RelativeTime at={began} />
          </span>
        ) : null
      }
    >
      <ol>
        {steps.map((step) => (
          <Step key={step.name} step={step} call={CALLS[plugin.type][step.name]} />
        ))}
      </ol>
    </Panel>
  );
}

function Step({ step, call }: { step: LifecycleStep; call: string | undefined }) {
  const { icon: Icon, word, look } = MARKS[step.status];
  const title = TITLES[step.name];
  return (
    <li className="group flex gap-3">
      <span aria-hidden className="flex flex-col items-center">
        <span className={`flex size-6 items-center justify-center rounded-full [&_svg]:size-3.5 ${look}`}>
          <Icon />
        </span>
        <span className="w-px flex-1 bg-line group-last:hidden" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-1 pb-4 group-last:pb-0">
        <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-3">
          <p>
            <span className={step.status === "pending" ? "text-muted" : "font-medium"}>{title}</span>{" "}
            {call ? <code className="text-sm text-muted">{call}</code> : null}
            <span className="sr-only">: {word}</span>
          </p>
          <span className="figures text-sm text-muted">
            {step.durationMs === undefined ? word : formatMs(step.durationMs)}
          </span>
        </div>
        {step.note ? <p className="text-sm text-muted wrap-anywhere">{step.note}</p> : null}
        {step.error ? <StepError error={step.error} /> : null}
        <StepExchange step={step} />
      </div>
    </li>
  );
}

function StepError({ error }: { error: ErrorInfo }) {
  return (
    <div className="flex flex-col gap-0.5 text-sm wrap-anywhere">
      <p className="text-bad">{error.message}</p>
      {error.hint ? <p className="text-muted">{error.hint}</p> : null}
      <ErrorFacts error={error} />
    </div>
  );
}
