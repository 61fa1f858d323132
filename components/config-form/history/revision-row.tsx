import { GitCompareArrows, RotateCcw } from "lucide-react";
import type { ConfigRevision } from "@/lib/contract/config-revision.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../../ui/button.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Chip } from "../fields/field-chips.tsx";
import { ValueDiff } from "../value-diff.tsx";

/** One save: its number, who and when, why, and what it changed. */
export function RevisionRow({
  revision: { revision, savedAt, savedBy, kind, restoredFrom, note, changes },
  isNow,
  schema,
  onCompare,
  onRestore,
}: {
  revision: ConfigRevision;
  isNow: boolean;
  schema: readonly ConfigField[];
  onCompare: () => void;
  /** Absent without the right to. */
  onRestore: (() => void) | undefined;
}) {
  return (
    <li className="flex flex-col gap-1 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="figures font-medium">#{revision}</span>
          {isNow ? <Chip strong>Now</Chip> : null}
          {kind === "restored" ? <Chip>Restored from #{restoredFrom}</Chip> : null}
          {kind === "adopted" ? <Chip>New description taken over</Chip> : null}
          {kind === "moved" ? <Chip>Moved to another address</Chip> : null}
          <span className="text-muted wrap-anywhere">
            {savedBy} · <RelativeTime at={savedAt} />
          </span>
        </p>
        {isNow ? null : (
          <span className="flex gap-1">
            <Button
              size="sm"
              variant="ghost"
              icon={<GitCompareArrows aria-hidden />}
              aria-label={`Compare revision ${revision} with now`}
              onClick={onCompare}
            >
              Compare with now
            </Button>
            {onRestore ? (
              <Button
                size="sm"
                icon={<RotateCcw aria-hidden />}
                aria-label={`Restore revision ${revision}`}
                onClick={onRestore}
              >
                Restore
              </Button>
            ) : null}
          </span>
        )}
      </div>
      {note ? <p className="text-ink wrap-anywhere">“{note}”</p> : null}
      {changes.length === 0 ? (
        <p className="text-sm text-muted">Changed nothing.</p>
      ) : (
        <details>
          <summary className="min-h-6 text-sm text-muted hover:text-ink">
            {changes.length === 1 ? "1 change: " : `${changes.length} changes: `}
            <code className="wrap-anywhere">{listNames(changes.map(({ field }) => field))}</code>
          </summary>
          <ValueDiff changes={changes} schema={schema} past />
        </details>
      )}
    </li>
  );
}

const NAMES_SHOWN = 4;

function listNames(names: string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
