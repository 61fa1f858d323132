import { Check, ChevronRight, Minus, X, type LucideIcon } from "lucide-react";
import { z } from "zod";
import { ErrorNotice, toErrorInfo } from "@/components/ui/error-notice.tsx";
import { formatMs } from "@/components/ui/numbers.ts";
import { ReachStep } from "@/lib/contract/registration.ts";

const NAMES: Record<ReachStep["name"], string> = {
  address: "Address allowed",
  dns: "Name found (DNS)",
  tcp: "Connected (TCP)",
  tls: "Secured (TLS)",
  http: "HTTP status",
  content_type: "Content type",
  json: "JSON",
  schema: "Metadata of a plugin",
};

const MARKS: Record<ReachStep["status"], { icon: LucideIcon; word: string; look: string }> = {
  ok: { icon: Check, word: "ok", look: "bg-ok-soft text-ok" },
  failed: { icon: X, word: "failed", look: "bg-bad-soft text-bad" },
  skipped: { icon: Minus, word: "skipped", look: "bg-idle-soft text-idle" },
};

/** What was tried on the way to an address. One line when all went well, open at the step that failed otherwise. */
export function ReachLadder({ steps }: { steps: ReachStep[] }) {
  if (steps.length === 0) return null;
  const failed = steps.find(({ status }) => status === "failed");
  const totalMs = steps.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  return (
    <details open={failed !== undefined} className="group/ladder rounded-md border border-line">
      <summary className="flex min-h-8 cursor-pointer list-none items-center gap-2 px-3 py-1 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 text-muted transition-transform group-open/ladder:rotate-90"
        />
        <span className="min-w-0 flex-1">
          {failed ? `What was tried: stopped at “${NAMES[failed.name]}”` : "Reached, step by step"}
        </span>
        <span className="figures text-sm text-muted">{formatMs(totalMs)}</span>
      </summary>
      <ol aria-label="Steps to the address" className="border-t border-line px-3 py-2.5">
        {steps.map((step) => (
          <Rung key={step.name} step={step} />
        ))}
      </ol>
    </details>
  );
}

function Rung({ step: { name, status, durationMs, note, error } }: { step: ReachStep }) {
  const { icon: Icon, word, look } = MARKS[status];
  return (
    <li className="flex gap-2.5 py-1">
      <span aria-hidden className={`flex size-5 shrink-0 items-center justify-center rounded-full ${look}`}>
        <Icon className="size-3" />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <span className={status === "skipped" ? "text-muted" : "font-medium"}>{NAMES[name]}</span>
          {note ? <span className="min-w-0 text-sm wrap-anywhere text-muted">{note}</span> : null}
        </div>
        {error?.hint ? <p className="text-sm wrap-anywhere">{error.hint}</p> : null}
      </div>
      <span className="figures shrink-0 text-right text-sm text-muted">
        <span className={status === "failed" ? "text-bad" : undefined}>{word}</span>
        {durationMs === null ? null : <span className="inline-block min-w-16">{formatMs(durationMs)}</span>}
      </span>
    </li>
  );
}

/** A failure, and beneath it the way that led there when it tells one; the hint then stands at the step it is about. */
export function ReachFailure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const info = toErrorInfo(error);
  const reach = z.array(ReachStep).safeParse(info.details?.["reach"]);
  if (!reach.success) return <ErrorNotice error={error} onRetry={onRetry} />;
  const { hint: _shownBelow, ...rest } = info;
  return (
    <>
      <ErrorNotice error={rest} onRetry={onRetry} />
      <ReachLadder steps={reach.data} />
    </>
  );
}
