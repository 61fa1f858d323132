import { FileX, FileWarning } from "lucide-react";
import { TONE_CLASSES } from "@/components/ui/status-badge.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";

const MARKS = {
  broken: { word: "File broken", icon: FileWarning, tone: "warn" },
  gone: { word: "File gone", icon: FileX, tone: "idle" },
} as const;

/** Says that a plugin's manifest file is not in use as it lies there. Nothing when all is well. */
export function FileMark({ state }: { state: PluginSummary["fileState"] }) {
  if (state === null || state === "ok") return null;
  const { word, icon: Icon, tone } = MARKS[state];
  return (
    <span
      className={`inline-flex h-5 w-fit items-center gap-1 rounded-full px-1.5 text-xs font-medium whitespace-nowrap ${TONE_CLASSES[tone]}`}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {word}
    </span>
  );
}
