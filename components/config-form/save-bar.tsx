"use client";

import { useEffect, useEffectEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useHydrated } from "../charts/use-hydrated.ts";

/** Stays at the foot of the window while something is unsaved. ⌘S or Ctrl S saves from anywhere on the page. */
export function SaveBar({
  changes,
  saving,
  obstacle,
  onReview,
  onTest,
  onSave,
  onDiscard,
}: {
  changes: number;
  saving: boolean;
  /** Why nothing can be saved just now: a text that cannot be read. */
  obstacle: string | null;
  onReview: () => void;
  onTest: () => void;
  onSave: () => void;
  onDiscard: () => void;
}) {
  const blocked = obstacle !== null;
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const isSave = event.key.toLowerCase() === "s" && (event.metaKey || event.ctrlKey);
    if (!isSave || event.altKey || event.shiftKey) return;
    event.preventDefault();
    // An open dialog has the word.
    if (changes > 0 && !saving && !blocked && !document.querySelector("dialog[open]")) onSave();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  if (changes === 0 && !blocked) return null;
  return (
    <div
      // A press must not blur the field first: the error that appears then would move the button away from under the pointer.
      onMouseDown={(event) => event.preventDefault()}
      className="sticky bottom-0 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-b-lg border-t border-line bg-surface px-4 py-3"
    >
      <p role="status" className="figures text-sm font-medium">
        {obstacle ?? (changes === 1 ? "1 unsaved change" : `${changes} unsaved changes`)}
      </p>
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
        <Button variant="primary" onClick={onSave} loading={saving} disabled={blocked}>
          Save
        </Button>
        <SaveKey />
      </div>
    </div>
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
