"use client";

import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { isOutdated, OutdatedPage } from "./outdated-page.tsx";

export interface PageErrorProps {
  error: Error & { digest?: string };
  retry: () => void;
}

/** A page that could not be made: says so in its place and asks again. `digest` finds the cause in the log. */
export function PageError({ error, retry }: PageErrorProps) {
  if (isOutdated(error)) return <OutdatedPage />;
  return (
    <ErrorNotice
      title="This page could not be shown"
      error={
        error.digest
          ? {
              code: "internal_error",
              message: "The console could not put this page together.",
              hint: "Try again. If it stays, the console's log has the cause under this id.",
              requestId: error.digest,
            }
          : error
      }
      onRetry={retry}
    />
  );
}
