import { formatMs } from "@/components/ui/numbers.ts";
import { formatDuration } from "@/components/ui/time.ts";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { ProcessExit } from "@/lib/contract/process.ts";

const SHOWN = 5;

/** How it ended, newest first, and its last words while it does not run. */
export function ProcessExits({ exits, lastErrors }: { exits: ProcessExit[]; lastErrors: string[] }) {
  return (
    <>
      {exits.length > 0 ? (
        <div>
          <h3 className="text-sm font-semibold">Ends since the console started</h3>
          <ul className="mt-1 flex flex-col gap-1 text-sm">
            {exits.slice(0, SHOWN).map(({ at, ranMs, reason }) => (
              <li key={at} className="wrap-anywhere">
                <span className="text-muted">
                  <RelativeTime at={at} /> · ran {ranMs < 60_000 ? formatMs(ranMs) : formatDuration(ranMs)}{" "}
                  ·{" "}
                </span>
                {reason.message}
              </li>
            ))}
            {exits.length > SHOWN ? <li className="text-muted">and {exits.length - SHOWN} earlier</li> : null}
          </ul>
        </div>
      ) : null}
      {lastErrors.length > 0 ? (
        <div>
          <h3 className="text-sm font-semibold">Its last words</h3>
          {/* Turned around, the box begins at its end: what was said last says most. */}
          <div
            tabIndex={0}
            role="group"
            aria-label="Last lines on stderr"
            className="mt-1 flex max-h-48 flex-col-reverse overflow-auto rounded-md bg-sunken p-2.5"
          >
            <pre className="font-mono text-sm whitespace-pre-wrap wrap-anywhere">{lastErrors.join("\n")}</pre>
          </div>
        </div>
      ) : null}
    </>
  );
}
