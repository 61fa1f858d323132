import { TriangleAlert } from "lucide-react";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import type { LifecycleStep } from "@/lib/contract/plugin.ts";

/** What a step sent and what was understood of the answer, folded away; what had to be forgiven stands in the open. */
export function StepExchange({ step: { request, answer, warnings = [] } }: { step: LifecycleStep }) {
  const sent = request === undefined ? undefined : JSON.stringify(request, null, 2);
  return (
    <>
      {warnings.length > 0 ? (
        <ul className="flex flex-col gap-0.5 text-sm">
          {warnings.map((warning) => (
            <li key={warning} className="flex items-start gap-1.5 text-warn wrap-anywhere">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              {warning}
            </li>
          ))}
        </ul>
      ) : null}
      {sent === undefined && answer === undefined ? null : (
        <details className="text-sm">
          <summary className="min-h-6 w-fit text-muted hover:text-ink">{toTitle(sent, answer)}</summary>
          <div className="mt-1 flex flex-col gap-2">
            {sent === undefined ? null : <Body name="Sent" text={sent} />}
            {answer === undefined ? null : <Body name="Answered" text={answer} />}
          </div>
        </details>
      )}
    </>
  );
}

function toTitle(sent: string | undefined, answer: string | undefined): string {
  if (sent === undefined) return "What it answered";
  return answer === undefined ? "What it was sent" : "What it was sent and answered";
}

function Body({ name, text }: { name: string; text: string }) {
  return (
    <div className="relative min-w-0">
      <pre
        tabIndex={0}
        aria-label={name}
        className="max-h-64 overflow-auto rounded-md bg-sunken py-2 pr-10 pl-2.5 text-xs wrap-anywhere whitespace-pre-wrap"
      >
        {text}
      </pre>
      <span className="absolute top-1 right-1">
        <CopyButton label={`Copy what was ${name.toLowerCase()}`} value={text} />
      </span>
    </div>
  );
}
