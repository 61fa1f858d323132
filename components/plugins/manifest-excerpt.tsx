import type { Finding } from "@/lib/contract/manifest.ts";
import { SeverityIcon } from "./finding-list.tsx";
import { toManifestLines } from "./manifest-lines.ts";

/** The troubled lines of a manifest, numbered, each with its findings beneath it. A press on one leads to it in the text. */
export function ManifestExcerpt({
  text,
  findings,
  onPick,
}: {
  text: string;
  findings: Finding[];
  onPick: (finding: Finding) => void;
}) {
  const rows = toManifestLines(text, findings);
  if (rows.length === 0) return null;
  return (
    <div
      role="region"
      aria-label="Manifest, lines with findings"
      tabIndex={0}
      className="max-h-96 overflow-y-auto rounded-md border border-line bg-sunken py-1.5 -outline-offset-2"
    >
      <ol>
        {rows.map((row) =>
          row.kind === "gap" ? (
            <li key={`gap${row.after}`} className="px-3 text-xs leading-6 text-muted">
              … {row.skipped === 1 ? "1 line" : `${row.skipped} lines`}
            </li>
          ) : (
            <li key={row.number}>
              <div className="flex font-mono text-xs leading-6">
                <span className="figures w-11 shrink-0 pr-3 text-right text-muted select-none">
                  {row.number}
                </span>
                <span className="min-w-0 flex-1 pr-3 wrap-anywhere whitespace-pre-wrap">{row.text}</span>
              </div>
              {row.findings.map((finding) => (
                <ExcerptFinding
                  key={`${finding.column}${finding.code}${finding.path}`}
                  finding={finding}
                  onPick={onPick}
                />
              ))}
            </li>
          ),
        )}
      </ol>
    </div>
  );
}

function ExcerptFinding({ finding, onPick }: { finding: Finding; onPick: (finding: Finding) => void }) {
  const tone = finding.severity === "error" ? "border-bad bg-bad-soft" : "border-warn bg-warn-soft";
  return (
    <button
      type="button"
      onClick={() => onPick(finding)}
      className={`my-0.5 flex w-full items-start gap-2 border-l-2 py-1.5 pr-3 pl-3 text-left text-sm ${tone}`}
    >
      <SeverityIcon severity={finding.severity} />
      <span className="min-w-0 wrap-anywhere">
        {finding.message}
        <span className="text-muted">
          {" "}
          (line {finding.line}, column {finding.column ?? 1}){finding.fix ? <> {finding.fix}</> : null}
        </span>
      </span>
    </button>
  );
}
