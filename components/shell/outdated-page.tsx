"use client";

import { RotateCw } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/ui/button.tsx";

const RELOADED_AT = "loom:reloaded-at";
/** A page that fails again so soon after its reload, ms, is not mended by another one. */
const ONCE_WITHIN_MS = 60_000;

/** True for the failure to load a part of the page's code: parts of an older build are gone after an upgrade. */
export function isOutdated({ name, message }: Error): boolean {
  return name === "ChunkLoadError" || /dynamically imported module/i.test(message);
}

/** A page that the console was updated under. Reloads by itself, but never twice in a row. */
export function OutdatedPage() {
  useEffect(() => {
    if (mayReload()) window.location.reload();
  }, []);
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-md border border-line bg-surface px-3 py-2.5"
    >
      <p className="min-w-0 flex-1 basis-48">The console was updated. Reload the page.</p>
      <Button size="sm" icon={<RotateCw aria-hidden />} onClick={() => window.location.reload()}>
        Reload
      </Button>
    </div>
  );
}

/** True when the last reload of this kind is long ago. Writes down that there is one now; where that fails, there is none. */
function mayReload(): boolean {
  const reloadedAt = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
  if (Date.now() - reloadedAt < ONCE_WITHIN_MS) return false;
  try {
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    return true;
  } catch {
    return false;
  }
}
