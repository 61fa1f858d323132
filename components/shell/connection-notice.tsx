"use client";

import { useQuery } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";

/** Says that what the page shows is getting old, as soon as the console stops answering, and goes away by itself. It floats: nothing moves. */
export function ConnectionNotice() {
  const { failureReason, dataUpdatedAt } = useQuery(queries(api).overview);
  if (!failureReason) return null;
  const { code, message } = toErrorInfo(failureReason);
  const trouble = code === "console_unreachable" ? "Connection lost." : message;
  return (
    <div
      role="status"
      className="fixed bottom-4 left-4 z-40 flex max-w-[calc(100vw-2rem)] items-center gap-2 rounded-lg border border-warn/40 bg-warn-soft px-3 py-2 text-sm text-warn shadow-float shell:left-60"
    >
      <WifiOff aria-hidden className="size-4 shrink-0" />
      <span>
        {dataUpdatedAt > 0 ? (
          <>
            Updated <RelativeTime at={dataUpdatedAt} /> · {trouble}
          </>
        ) : (
          trouble
        )}{" "}
        Trying again.
      </span>
    </div>
  );
}
