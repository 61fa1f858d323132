"use client";

import { lazy, Suspense } from "react";
import { usePluginScreen } from "../plugin-screen-context.ts";

// Few plugins change what they say, and rarely.
const DriftPanel = lazy(async () => ({ default: (await import("./drift-panel.tsx")).DriftPanel }));

/** Says that the plugin describes itself differently by now. Nothing while it does not. */
export function DriftNotice() {
  const { plugin } = usePluginScreen();
  if (plugin.drift === null) return null;
  return (
    <Suspense fallback={null}>
      <DriftPanel key={plugin.drift.id} plugin={plugin} drift={plugin.drift} />
    </Suspense>
  );
}
