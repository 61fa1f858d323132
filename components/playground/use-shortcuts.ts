"use client";

import { useEffect, useEffectEvent } from "react";

/** Whether letters go to this element. */
export const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

/** Escape and `?` for the whole page. Whoever uses a key for itself prevents its default; a dialog has all keys to itself. */
export function useShortcuts({ onEscape, onHelp }: { onEscape: () => void; onHelp: () => void }) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") onEscape();
    if (event.key === "?" && !isWriting(event.target)) onHelp();
  });

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
