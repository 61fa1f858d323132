import type { ReactNode } from "react";
import { CopyButton } from "@/components/ui/copy-button.tsx";

/** Code in an answer, with its language and a way to take it along. */
export function CodeBlock({
  language,
  text,
  children,
}: {
  language: string | null;
  text: string;
  children: ReactNode;
}) {
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <div className="flex h-8 items-center justify-between border-b border-line bg-sunken pr-0.5 pl-3 text-xs text-muted">
        <span>{language ?? "text"}</span>
        <CopyButton value={text} label="Copy code" />
      </div>
      <pre role="region" aria-label="Code" tabIndex={0} className="overflow-x-auto px-3 py-2 text-sm">
        {children}
      </pre>
    </div>
  );
}
