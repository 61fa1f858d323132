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
                  <RelativeTime at={at} /> · ran {formatDuration(ranMs)} ·{" "}
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
          <pre
            tabIndex={0}
            aria-label="Last lines on stderr"
            className="mt-1 max-h-48 overflow-auto rounded-md bg-sunken p-2.5 font-mono text-sm whitespace-pre-wrap wrap-anywhere"
          >
            {lastErrors.join("\n")}
          </pre>
        </div>
      ) : null}
    </>
  );
}
