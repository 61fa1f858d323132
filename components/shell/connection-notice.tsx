"use client";

import { useQuery } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";

/** Says that what the page shows is getting old, as soon as the console stops answering, and goes away by itself. */
export function ConnectionNotice() {
  const { failureReason, dataUpdatedAt } = useQuery(queries(api).overview);
  if (!failureReason) return null;
  const { code, message } = toErrorInfo(failureReason);
  const trouble = code === "console_unreachable" ? "Connection lost." : message;
  return (
    <div
      role="status"
      className="sticky top-12 z-20 flex flex-wrap items-center gap-x-2 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn shell:top-0 shell:px-8"
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
