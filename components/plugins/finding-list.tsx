import { OctagonAlert, TriangleAlert } from "lucide-react";
import type { Finding } from "@/lib/contract/manifest.ts";

/** Findings as a list, errors first. With `onPick` each leads to its place in the text. */
export function FindingList({
  findings,
  onPick,
}: {
  findings: Finding[];
  onPick?: (finding: Finding) => void;
}) {
  const ordered = findings.toSorted(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error"),
  );
  return (
    <ul className="flex flex-col gap-2.5">
      {ordered.map((finding) => (
        <li
          key={`${finding.line}:${finding.column}:${finding.path}:${finding.code}`}
          className="flex items-start gap-2"
        >
          <SeverityIcon severity={finding.severity} />
          <div className="min-w-0 wrap-anywhere">
            <p>
              {finding.message} <FindingPlace finding={finding} onPick={onPick} />
            </p>
            {finding.fix ? <p className="text-sm text-muted">{finding.fix}</p> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

export function SeverityIcon({ severity }: { severity: Finding["severity"] }) {
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
