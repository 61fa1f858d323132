import { CircleCheck, OctagonAlert, TriangleAlert } from "lucide-react";
import type { Finding } from "@/lib/contract/manifest.ts";
import type { TextReading } from "./text-reading.ts";

/** What is wrong in a text, each with its line; says so when nothing is. */
export function TextFindings({
  reading: { values, findings },
  line,
  onPick,
}: {
  reading: TextReading;
  /** Where the caret is. */
  line: number | null;
  onPick: (finding: Finding) => void;
}) {
  if (findings.length === 0) {
    return (
      <p className="flex items-center gap-2 text-sm text-muted">
        <CircleCheck aria-hidden className="size-4 text-ok" />
        Every value keeps to its rules.
      </p>
    );
  }
  return (
    <section aria-label="Findings" className="flex flex-col gap-1">
      {values === null ? (
        <p role="status" className="text-sm font-medium">
          This text is not the draft yet: it can be neither saved nor shown on the other tabs.
        </p>
      ) : null}
      <ul className="flex flex-col gap-1">
        {findings.map((finding) => (
          <li
            key={`${finding.line}:${finding.column}:${finding.path}:${finding.code}`}
            aria-current={finding.line !== undefined && finding.line === line ? "location" : undefined}
            className="-mx-2 flex items-start gap-2 rounded-md border-l-2 border-transparent px-2 py-1 aria-[current]:border-accent aria-[current]:bg-sunken"
          >
            <Mark severity={finding.severity} />
            <div className="min-w-0 wrap-anywhere">
              <p>
                {finding.message}{" "}
                {finding.line === undefined ? null : (
                  <button
                    type="button"
                    className="min-h-6 text-sm text-accent hover:underline"
                    onClick={() => onPick(finding)}
                  >
                    line {finding.line}, column {finding.column}
                  </button>
                )}
              </p>
              {finding.fix ? <p className="text-sm text-muted">{finding.fix}</p> : null}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mark({ severity }: { severity: Finding["severity"] }) {
  const isError = severity === "error";
  const Icon = isError ? OctagonAlert : TriangleAlert;
  return (
    <span className={`mt-0.5 shrink-0 ${isError ? "text-bad" : "text-warn"}`}>
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{isError ? "Error:" : "Warning:"}</span>
    </span>
  );
}
