"use client";

import { useSyncExternalStore } from "react";
import { useNow } from "./now.tsx";
import { formatInstant, formatRelative, formatUpcoming } from "./time.ts";

const never = () => () => undefined;

/** How long ago, or with `upcoming` how soon, ticking; the exact instant in the reader's zone on hover and for screen readers. */
export function RelativeTime({ at, upcoming = false }: { at: string | number; upcoming?: boolean }) {
  const epochMs = typeof at === "number" ? at : Date.parse(at);
  const now = useNow();
  // The server knows no time zone of the reader: UTC until hydration, then theirs.
  const zone = useSyncExternalStore<string | undefined>(
    never,
    () => undefined,
    () => "UTC",
  );
  if (!Number.isFinite(epochMs)) return <span>—</span>;
  const exact = formatInstant(epochMs, zone);
  return (
    <time dateTime={new Date(epochMs).toISOString()} title={exact} className="whitespace-nowrap">
      {now === 0 ? exact : (upcoming ? formatUpcoming : formatRelative)(epochMs, now)}
    </time>
  );
}
