"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { ButtonLink } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StatusBadge } from "@/components/ui/status-badge.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";

/** Step three: the built-in plugin runs; chat with it. */
export function SetupDone() {
  const { data, error, refetch } = useQuery(queries(api).plugins);
  const sample = data?.find(({ type }) => type === "builtin");
  const heading = useRef<HTMLParagraphElement>(null);
  useEffect(() => heading.current?.focus(), []);

  return (
    <div className="flex flex-col gap-4">
      <p ref={heading} tabIndex={-1} className="text-muted outline-none">
        Your account is made and you are signed in. The console comes with a plugin that needs no key and no
        network: ELIZA, the conversation program of 1966.
      </p>
      {error && !data ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-12" />
      ) : sample ? (
        <div className="flex items-center justify-between gap-3 rounded-lg border border-line bg-surface px-3 py-2.5">
          <div className="min-w-0">
            <p className="truncate font-medium">{sample.name}</p>
            {sample.reason ? <p className="text-sm text-muted">{sample.reason}</p> : null}
          </div>
          <StatusBadge badge={sample.badge} />
        </div>
      ) : null}
      <ButtonLink
        variant="primary"
        className="w-full"
        href={sample ? `/playground?plugin=${encodeURIComponent(sample.id)}` : "/playground"}
      >
        Open playground
      </ButtonLink>
      <div className="grid grid-cols-2 gap-2">
        <ButtonLink href="/plugins/new">Add a plugin</ButtonLink>
        <ButtonLink href="/">Go to overview</ButtonLink>
      </div>
    </div>
  );
}
