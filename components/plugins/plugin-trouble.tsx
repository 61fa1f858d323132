"use client";

import type { Badge } from "@/lib/contract/plugin.ts";
import { PluginAttention } from "./plugin-attention.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";

const TROUBLE: ReadonlySet<Badge> = new Set(["failed", "parked", "down"]);

/** What to do about a plugin that does not work, for the tabs other than the overview. Nothing while it does. */
export function PluginTrouble({ editing = false }: { editing?: boolean }) {
  const { plugin } = usePluginScreen();
  return TROUBLE.has(plugin.badge) ? <PluginAttention editing={editing} /> : null;
}
