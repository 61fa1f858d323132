"use client";

import { Brain, ChevronRight } from "lucide-react";
import { useDeferredValue } from "react";
import { PlainText } from "./markdown/plain-text.tsx";

/** How the model came to its answer, folded away from it. Plain text: nobody formats what they think. */
export function Reasoning({ text, running }: { text: string; running: boolean }) {
  const shown = useDeferredValue(text);
  return (
    <details className="group rounded-md border border-line text-sm text-muted">
      <summary className="flex min-h-8 cursor-pointer items-center gap-1.5 px-2.5 py-1 select-none">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        <Brain aria-hidden className="size-4" />
        {running ? "Thinking…" : "Reasoning"}
      </summary>
      <div className="max-h-96 overflow-y-auto border-t border-line px-3 py-2">
        <PlainText text={shown} />
      </div>
    </details>
  );
}
