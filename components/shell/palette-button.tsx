"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState, useSyncExternalStore } from "react";
import { IconButton } from "@/components/ui/button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";

// Nobody pays for the palette before opening it.
const Palette = dynamic(() => import("./palette.tsx").then((module) => module.Palette), { ssr: false });

const never = () => () => undefined;
const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform);

/** Opens the palette; the wide one also listens for ⌘K and Ctrl K, so that there is one listener. */
export function PaletteButton({ compact = false }: { compact?: boolean }) {
  const [open, setOpen] = useState(false);
  const apple = useSyncExternalStore(never, isApple, () => false);

  useEffect(() => {
    if (compact) return;
    function onKeyDown(event: KeyboardEvent) {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.metaKey || event.ctrlKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      setOpen((before) => !before);
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [compact]);

  return (
    <>
      {compact ? (
        <IconButton label="Search plugins, pages and actions" onClick={() => setOpen(true)}>
          <Search aria-hidden />
        </IconButton>
      ) : (
        <button
          type="button"
          aria-keyshortcuts="Meta+K Control+K"
          onClick={() => setOpen(true)}
          className="flex h-8 w-full items-center gap-2 rounded-md border border-line bg-canvas px-2 text-base text-muted hover:border-line-strong hover:text-ink"
        >
          <Search aria-hidden className="size-4" />
          <span className="flex-1 text-left">Search</span>
          <Kbd>{apple ? "⌘K" : "Ctrl K"}</Kbd>
        </button>
      )}
      {open ? <Palette onClose={() => setOpen(false)} /> : null}
    </>
  );
}
