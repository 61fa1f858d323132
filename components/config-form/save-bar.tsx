"use client";

import { useEffect, useEffectEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useHydrated } from "../charts/use-hydrated.ts";

/** Stays at the foot of the window while something is unsaved. ⌘S or Ctrl S saves from anywhere on the page. */
export function SaveBar({
  changes,
  saving,
  onSave,
  onDiscard,
}: {
  changes: number;
  saving: boolean;
  onSave: () => void;
  onDiscard: () => void;
}) {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (
      event.key.toLowerCase() !== "s" ||
      !(event.metaKey || event.ctrlKey) ||
      event.altKey ||
      event.shiftKey
    )
      return;
    event.preventDefault();
    if (changes > 0 && !saving) onSave();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  if (changes === 0) return null;
  return (
    <div className="sticky bottom-0 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-b-lg border-t border-line bg-surface px-4 py-3">
      <p role="status" className="figures text-sm font-medium">
        {changes === 1 ? "1 unsaved change" : `${changes} unsaved changes`}
      </p>
      <div className="flex items-center gap-2">
        <Button variant="ghost" onClick={onDiscard} disabled={saving}>
          Discard
        </Button>
        <Button variant="primary" onClick={onSave} loading={saving}>
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
