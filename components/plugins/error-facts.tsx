import type { ErrorInfo } from "@/lib/contract/error.ts";

/** The technical side of a failure that was told in words above: our code, and what the plugin itself said. */
export function ErrorFacts({ error }: { error: ErrorInfo }) {
  const { code, plugin } = error;
  const said = [
    plugin?.status === undefined ? null : `HTTP ${plugin.status}`,
    plugin?.code ?? null,
    plugin?.transient === undefined ? null : plugin.transient ? "temporary" : "not temporary",
  ].filter((fact) => fact !== null);
  return (
    <div className="flex flex-col gap-1.5 text-sm text-muted">
      <p className="wrap-anywhere">
        <code>{code}</code>
        {said.length > 0 ? <> · the plugin said {said.join(", ")}</> : null}
      </p>
      {plugin?.excerpt ? (
        <pre className="max-h-32 overflow-auto rounded-md bg-sunken px-2.5 py-2 text-xs wrap-anywhere whitespace-pre-wrap">
          {plugin.excerpt}
        </pre>
      ) : null}
    </div>
  );
}
