"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { SaveOutcome } from "./config-notice.tsx";

/** Long enough to be read twice, ms. What stays true afterwards stands above the form. */
const SAID_FOR_MS = 8_000;

export type Saved = Extract<SaveOutcome, { kind: "saved" }>;

/** The last save while it is news and true; null before and after. `isOff`: the plugin is switched off. */
export function useNews(outcome: SaveOutcome | null, isOff: boolean): Saved | null {
  const [old, setOld] = useState<SaveOutcome | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOld(outcome), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  if (outcome?.kind !== "saved" || outcome === old) return null;
  const waitsToBeEnabled = outcome.applied === null;
  return waitsToBeEnabled && !isOff ? null : outcome;
}

/** How a save ended, in a sentence, with the way to what else there is to know about it. */
export function SavedWords({
  saved: { applied, warnings, restored },
  goesOn,
  onDetails,
}: {
  saved: Saved;
  /** The plugin refused it and runs with the last configuration that worked. */
  goesOn: boolean;
  onDetails: () => void;
}) {
  const [Icon, tone] = applied === false ? [TriangleAlert, "text-warn"] : [CircleCheck, "text-ok"];
  const done = restored === undefined ? "Saved" : `Revision ${restored} restored`;
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <span className="flex min-w-0 items-start gap-2">
        <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} />
        <span>{done + toSequel(applied, goesOn)}</span>
      </span>
      {applied === false || warnings.length > 0 ? (
        <button
          type="button"
          className="min-h-6 text-accent underline-offset-3 hover:underline"
          onClick={onDetails}
        >
          {applied === false
            ? "See why"
            : warnings.length === 1
              ? "1 warning"
              : `${warnings.length} warnings`}
        </button>
      ) : null}
    </span>
  );
}

function toSequel(applied: boolean | null, goesOn: boolean): string {
  if (applied === null) return ". The plugin is switched off and gets it when you enable it.";
  if (applied) return ". The running plugin accepted it.";
  return goesOn
    ? ", but the plugin refused it: it goes on with the last good one."
    : ", but the plugin did not get through all steps with it.";
}
