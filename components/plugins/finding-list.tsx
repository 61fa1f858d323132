import { OctagonAlert, TriangleAlert } from "lucide-react";
import type { Finding } from "@/lib/contract/manifest.ts";

/**
 * Findings as a list, errors first. With `onPick` each leads to its place in the text; those of `currentLine`, where the caret
 * stands, are marked.
 */
export function FindingList({
  findings,
  onPick,
  currentLine = null,
}: {
  findings: Finding[];
  onPick?: (finding: Finding) => void;
  currentLine?: number | null;
}) {
  const ordered = findings.toSorted(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error"),
  );
  return (
    <ul className="flex flex-col gap-1">
      {ordered.map((finding) => (
        <li
          key={`${finding.line}:${finding.column}:${finding.path}:${finding.code}`}
          aria-current={finding.line !== undefined && finding.line === currentLine ? "location" : undefined}
          className="-mx-2 flex items-start gap-2 rounded-md border-l-2 border-transparent px-2 py-1 aria-[current]:border-accent aria-[current]:bg-sunken"
        >
          <SeverityIcon severity={finding.severity} />
          <div className="min-w-0 wrap-anywhere">
            <p>
              {finding.message} <FindingPlace finding={finding} onPick={onPick} />
            </p>
            {finding.fix ? <p className="text-sm text-muted">{finding.fix}</p> : null}
            {finding.refusedByLoom ? (
              <span className="mt-1 inline-flex h-5 items-center rounded-full bg-warn-soft px-2 text-xs font-medium text-warn">
                Loom refuses this
              </span>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

function SeverityIcon({ severity }: { severity: Finding["severity"] }) {
  const isError = severity === "error";
  const Icon = isError ? OctagonAlert : TriangleAlert;
  return (
    <span className={`mt-0.5 shrink-0 ${isError ? "text-bad" : "text-warn"}`}>
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{isError ? "Error:" : "Warning:"}</span>
    </span>
  );
}

function FindingPlace({
  finding,
  onPick,
}: {
  finding: Finding;
  onPick: ((finding: Finding) => void) | undefined;
}) {
  const { line, column, path } = finding;
  if (line === undefined) return path ? <code className="text-sm text-muted">{path}</code> : null;
  const place = `line ${line}, column ${column ?? 1}`;
  if (!onPick) return <span className="text-sm text-muted">{place}</span>;
  return (
    <button
      type="button"
      className="min-h-6 text-sm text-accent hover:underline"
      onClick={() => onPick(finding)}
    >
      {place}
    </button>
  );
}
