import { KeyRound, Link2, TriangleAlert } from "lucide-react";
import type { SecretState } from "@/lib/contract/config.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** A stored secret in words: since when and by whom, what it refers to, and why it cannot be used if it cannot. */
export function SecretFacts({ state, origin }: { state: SecretState; origin: string | null }) {
  const { reference, problem } = state;
  const isElsewhere = state.origin !== null && origin !== null && state.origin !== origin;
  return (
    <div className="flex flex-col gap-1 py-0.5">
      <span className="inline-flex flex-wrap items-center gap-x-1.5">
        {problem || isElsewhere ? (
          <TriangleAlert aria-hidden className="size-4 text-warn" />
        ) : reference ? (
          <Link2 aria-hidden className="size-4 text-ok" />
        ) : (
          <KeyRound aria-hidden className="size-4 text-ok" />
        )}
        <span className="font-medium text-ink">Configured</span>
        {state.changedAt ? (
          <span>
            · changed <RelativeTime at={state.changedAt} />
            {state.changedBy ? ` by ${state.changedBy}` : null}
          </span>
        ) : null}
      </span>
      {reference ? (
        <span className="wrap-anywhere">
          Refers to <code className="text-ink">{reference}</code>
          {problem ? null : <span className="text-ok"> · resolves</span>}
        </span>
      ) : null}
      {isElsewhere ? (
        <span className="text-warn wrap-anywhere">
          Belongs to <code className="text-ink">{state.origin}</code> and is sent nowhere else. Enter it again
          for <code className="text-ink">{origin}</code>.
        </span>
      ) : problem ? (
        <span className="text-warn wrap-anywhere">{problem}</span>
      ) : null}
    </div>
  );
}
