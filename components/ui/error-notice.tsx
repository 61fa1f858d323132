"use client";

import { OctagonAlert, RotateCw } from "lucide-react";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { toErrorInfo } from "./error-info.ts";

export { toErrorInfo } from "./error-info.ts";

/** What the plugin itself said, in a few words: "HTTP 503 · provider_unavailable · temporary · try again in 30 s". */
function pluginFacts({ plugin }: ErrorInfo): string {
  if (!plugin) return "";
  return [
    plugin.status === undefined ? null : `HTTP ${plugin.status}`,
    plugin.code ?? null,
    plugin.transient === undefined ? null : plugin.transient ? "temporary" : "not temporary",
    plugin.remaining === undefined ? null : `${plugin.remaining} of ${plugin.limit ?? "the limit"} left`,
    plugin.retryAfterSeconds === undefined ? null : `try again in ${Math.ceil(plugin.retryAfterSeconds)} s`,
  ]
    .filter((fact) => fact !== null)
    .join(" · ");
}

/** An error, as people need it: what happened, what to try, what the plugin said, and the id to quote. */
export function ErrorNotice({
  error,
  title,
  onRetry,
}: {
  error: unknown;
  title?: string;
  onRetry?: () => void;
}) {
  const info = toErrorInfo(error);
  const facts = pluginFacts(info);
  const others = info.issues?.filter((issue) => issue.message !== info.message) ?? [];
  return (
    <div
      role="alert"
      className="grid grid-cols-[auto_minmax(0,1fr)] items-start gap-x-3 gap-y-2.5 rounded-md border border-bad/40 bg-bad-soft px-3 py-2.5 text-base sm:grid-cols-[auto_minmax(0,1fr)_auto]"
    >
      <OctagonAlert aria-hidden className="mt-0.5 size-4 text-bad" />
      <div className="flex min-w-0 flex-col gap-1 wrap-anywhere">
        {title ? <p className="font-semibold">{title}</p> : null}
        <p className={title ? undefined : "font-medium"}>{info.message}</p>
        {others.length > 0 ? (
          <ul className="list-disc pl-4">
            {others.map((issue) => (
              <li key={issue.path + issue.message}>
                {issue.path ? <code>{issue.path}</code> : null} {issue.message}
              </li>
            ))}
          </ul>
        ) : null}
        {info.hint ? <p className="text-muted">{info.hint}</p> : null}
        {facts ? <p className="text-sm text-muted">The plugin said: {facts}</p> : null}
        <RawAnswer error={info} />
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
          <code>{info.code}</code>
          {info.requestId ? (
            <span className="inline-flex max-w-full items-center gap-1">
              <span className="shrink-0">request</span>
              <code className="min-w-0 truncate" title={info.requestId}>
                {info.requestId}
              </code>
              <CopyButton value={info.requestId} label="Copy request id" />
            </span>
          ) : null}
        </p>
      </div>
      {onRetry ? (
        <Button
          size="sm"
          icon={<RotateCw aria-hidden />}
          className="max-sm:col-start-2 max-sm:justify-self-start"
          onClick={onRetry}
        >
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** What the plugin answered, as it came. Folded away when its own code was understood: then all of it is told above. */
function RawAnswer({ error: { plugin } }: { error: ErrorInfo }) {
  if (!plugin?.excerpt) return null;
  return (
    <details open={plugin.code === undefined} className="text-sm text-muted">
      <summary className="min-h-6 w-fit hover:text-ink">What it answered</summary>
      <pre
        tabIndex={0}
        aria-label="What the plugin answered"
        className="max-h-32 overflow-auto text-xs whitespace-pre-wrap"
      >
        {plugin.excerpt}
      </pre>
    </details>
  );
}
