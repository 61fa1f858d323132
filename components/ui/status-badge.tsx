import {
  CircleCheck,
  CircleHelp,
  CircleOff,
  CirclePause,
  CircleX,
  LoaderCircle,
  OctagonAlert,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import type { Badge } from "@/lib/contract/plugin.ts";
import { cn } from "./class-names.ts";

export type Tone = "ok" | "warn" | "bad" | "idle" | "info";

/** The whole status vocabulary of the product: word, icon and tone in one table. Green only for what was measured as good. */
export const BADGES: Record<Badge, { word: string; icon: LucideIcon; tone: Tone }> = {
  healthy: { word: "Healthy", icon: CircleCheck, tone: "ok" },
  degraded: { word: "Degraded", icon: TriangleAlert, tone: "warn" },
  down: { word: "Down", icon: CircleX, tone: "bad" },
  unknown: { word: "Unknown", icon: CircleHelp, tone: "idle" },
  disabled: { word: "Disabled", icon: CircleOff, tone: "idle" },
  starting: { word: "Starting", icon: LoaderCircle, tone: "info" },
  failed: { word: "Failed", icon: OctagonAlert, tone: "bad" },
  parked: { word: "Parked", icon: CirclePause, tone: "warn" },
};

/** Soft ground and text of a tone, for badges, notices and chips. */
export const TONE_CLASSES: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  idle: "bg-idle-soft text-idle",
  info: "bg-info-soft text-info",
};

/** Icon, word and colour of one state. */
export function StatusBadge({ badge, size = "md" }: { badge: Badge; size?: "sm" | "md" }) {
  const { word, icon: Icon, tone } = BADGES[badge];
  return (
    <span
      data-badge={badge}
      className={cn(
        "inline-flex shrink-0 items-center gap-1 rounded-full align-middle font-medium whitespace-nowrap",
        size === "sm" ? "h-5 px-1.5 text-xs" : "h-6 px-2 text-sm",
        TONE_CLASSES[tone],
      )}
    >
      <Icon aria-hidden className={cn("size-3.5 shrink-0", badge === "starting" && "animate-spin")} />
      {word}
    </span>
  );
}
