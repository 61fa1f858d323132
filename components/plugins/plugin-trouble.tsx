"use client";

import { useWaitsForApproval } from "@/components/processes/use-process.ts";
import type { Badge } from "@/lib/contract/plugin.ts";
import { PluginAttention } from "./plugin-attention.tsx";
import { PluginEjection } from "./plugin-ejection.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";

const TROUBLE: ReadonlySet<Badge> = new Set(["failed", "parked", "down"]);

/** What to do about a plugin that does not work, waits for an approval, or whose chats fail, for the tabs other than the overview. Nothing while all is well. */
export function PluginTrouble({ editing = false }: { editing?: boolean }) {
  const { plugin } = usePluginScreen();
  const waits = useWaitsForApproval(plugin);
  return waits || TROUBLE.has(plugin.badge) ? (
    <PluginAttention editing={editing} />
  ) : (
    <PluginEjection editing={editing} />
  );
}
