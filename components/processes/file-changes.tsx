import type { FileChanges as Changes } from "@/lib/contract/process.ts";

const KINDS = [
  { kind: "changed", word: "Changed", sign: "~", look: "text-warn" },
  { kind: "added", word: "Added", sign: "+", look: "text-ok" },
  { kind: "removed", word: "Removed", sign: "−", look: "text-bad" },
] as const;

/** Which files are not what was approved, by name. */
export function FileChanges({ changes }: { changes: Changes }) {
  const files = KINDS.flatMap((one) => changes[one.kind].map((path) => ({ ...one, path })));
  return (
    <div>
      <h3 className="text-sm font-semibold">Files that differ from what was approved</h3>
      <ul
        tabIndex={0}
        aria-label="Files that differ"
        className="mt-1 max-h-48 overflow-auto rounded-md bg-sunken p-2.5 font-mono text-sm"
      >
        {files.map(({ kind, word, sign, look, path }) => (
          <li key={`${kind} ${path}`} className="flex gap-2 wrap-anywhere">
            <span aria-hidden className={look}>
              {sign}
            </span>
            <span className="min-w-0">
              <span className="sr-only">{word}: </span>
              {path}
            </span>
          </li>
        ))}
        {changes.more > 0 ? <li className="text-muted">and {changes.more} more</li> : null}
      </ul>
    </div>
  );
}
