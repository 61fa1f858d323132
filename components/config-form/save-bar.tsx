"use client";

import { useEffect, useEffectEvent, type ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useHydrated } from "../charts/use-hydrated.ts";

/** Why something is not saved, in a few words, and the way to it. */
export interface SaveProblem {
  text: string;
  onShow: () => void;
}

/** Stays at the foot of the window while something is unsaved. ⌘S or Ctrl S saves from anywhere on the page. */
export function SaveBar({
  changes,
  saving,
  blocked,
  problem,
  outcome,
  onReview,
  onTest,
  onSave,
  onDiscard,
}: {
  changes: number;
  saving: boolean;
  /** True while there is a text that cannot be read: saving leads to it. */
  blocked: boolean;
  problem: SaveProblem | null;
  /** How the last save ended, said in place of the changes once there are none. */
  outcome: ReactNode;
  onReview: () => void;
  onTest: () => void;
  onSave: () => void;
  onDiscard: () => void;
}) {
  const isOpen = changes > 0 || blocked;
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const isSave = event.key.toLowerCase() === "s" && (event.metaKey || event.ctrlKey);
    if (!isSave || event.altKey || event.shiftKey) return;
    event.preventDefault();
    // An open dialog has the word.
    if (isOpen && !saving && !document.querySelector("dialog[open]")) onSave();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  if (!isOpen && !outcome) return null;
  return (
    <div
      // A press must not blur the field first: the error that appears then would move the button away from under the pointer.
      onMouseDown={(event) => event.preventDefault()}
      className="sticky bottom-0 z-10 flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-b-lg border-t border-line bg-surface px-4 py-3"
    >
      <div role="status" className="figures min-w-0 text-sm font-medium wrap-anywhere">
        {isOpen ? <Standing changes={changes} blocked={blocked} problem={problem} /> : outcome}
      </div>
      {isOpen ? (
        <div className="flex flex-wrap items-center gap-1 sm:gap-2">
          <Button variant="ghost" onClick={onReview} disabled={saving || blocked}>
            Review
          </Button>
          <Button variant="ghost" onClick={onTest} disabled={saving || blocked}>
            Test
          </Button>
          <Button variant="ghost" onClick={onDiscard} disabled={saving}>
            Discard
          </Button>
          <Button variant="primary" onClick={onSave} loading={saving}>
            Save
          </Button>
          <SaveKey />
        </div>
      ) : null}
    </div>
  );
}

/** What is unsaved, and what is in the way. */
function Standing({
  changes,
  blocked,
  problem,
}: {
  changes: number;
  blocked: boolean;
  problem: SaveProblem | null;
}) {
  const count = blocked ? null : changes === 1 ? "1 unsaved change" : `${changes} unsaved changes`;
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      {count === null ? null : <span>{count}</span>}
      {problem ? (
        <button
          type="button"
          className="min-h-6 text-left text-bad underline underline-offset-3"
          onClick={problem.onShow}
        >
          {problem.text}
        </button>
      ) : null}
    </span>
  );
}

function SaveKey() {
  const isApple = useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent);
  return (
    <span className="hidden sm:inline">
      <Kbd>{isApple ? "⌘ S" : "Ctrl S"}</Kbd>
    </span>
  );
}
