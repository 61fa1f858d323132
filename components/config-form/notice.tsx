import { CircleCheck, Info, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { TONE_CLASSES } from "../ui/status-badge.tsx";

const ICONS: Record<"ok" | "warn" | "info", LucideIcon> = {
  ok: CircleCheck,
  warn: TriangleAlert,
  info: Info,
};

/** A sentence or a few above a form: how something ended, or what to know first. `live={false}` for what is there from the start. */
export function Notice({
  tone,
  action,
  live = true,
  children,
}: {
  tone: "ok" | "warn" | "info";
  action?: ReactNode;
  live?: boolean;
  children: ReactNode;
}) {
  const Icon = ICONS[tone];
  return (
    <div
      role={live ? "status" : undefined}
      className={`flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md px-3 py-2.5 ${TONE_CLASSES[tone]}`}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1 text-ink wrap-anywhere">{children}</div>
      {action}
    </div>
  );
}
