import Link from "next/link";
import { cn } from "@/components/ui/class-names.ts";
import { formatCount } from "@/components/ui/numbers.ts";
import { BADGES } from "@/components/ui/status-badge.tsx";
import type { Badge, PluginSummary } from "@/lib/contract/plugin.ts";

const ORDER: readonly Badge[] = [
  "down",
  "failed",
  "parked",
  "degraded",
  "unknown",
  "starting",
  "healthy",
  "disabled",
];

const TEXT = {
  ok: "text-ok",
  warn: "text-warn",
  bad: "text-bad",
  idle: "text-idle",
  info: "text-info",
} as const;

/** How many plugins are in which state; each figure opens the list with that filter. */
export function StateSummary({ plugins }: { plugins: readonly PluginSummary[] }) {
  return (
    <ul aria-label="Plugins by state" className="flex flex-wrap gap-x-1 gap-y-1">
      {ORDER.map((badge) => {
        const count = plugins.filter((plugin) => plugin.badge === badge).length;
        if (count === 0) return null;
        const { word, icon: Icon, tone } = BADGES[badge];
        return (
          <li key={badge}>
            <Link
              href={`/plugins?state=${badge}`}
              className="flex min-h-8 items-center gap-2 rounded-md px-2 hover:bg-sunken first:-ml-2"
            >
              <Icon aria-hidden className={cn("size-4", TEXT[tone])} />
              <span className="figures font-semibold">{formatCount(count)}</span>
              <span className="text-muted">{word}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
