"use client";

import { ScanSearch } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import type { Finding } from "@/lib/contract/manifest.ts";
import { PreviewBody } from "./preview-body.tsx";
import { ReachFailure } from "./reach-ladder.tsx";
import type { useRegistration } from "./use-registration.ts";

/** What the console understood of the source. Always there, so that nothing jumps when it fills. */
export function PreviewPanel({
  registration,
  currentLine,
  onPick,
}: {
  registration: ReturnType<typeof useRegistration>;
  /** Where the caret stands in the text, 1-based. */
  currentLine: number | null;
  onPick: (finding: Finding) => void;
}) {
  const { reading, source, preview, draft, asked } = registration;
  const heading = useLead(asked, preview.isFetching);
  return (
    <Panel title="What the console understands" headingRef={heading} className="lg:sticky lg:top-5">
      <div aria-live="polite" aria-busy={preview.isFetching} className="flex min-h-64 flex-col gap-4">
        {source === null ? (
          <Waiting>
            {reading.kind === "address" && draft.checked !== reading.address
              ? "Press Enter or Check: the console asks the address who it is. Nothing is stored."
              : "Name, version, configuration fields and everything that is wrong appear here, before anything is stored."}
          </Waiting>
        ) : preview.data ? (
          <PreviewBody
            previewed={preview.data}
            registration={registration}
            currentLine={currentLine}
            onPick={onPick}
          />
        ) : preview.error ? (
          <ReachFailure error={preview.error} onRetry={() => void preview.refetch()} />
        ) : (
          <Loading />
        )}
      </div>
    </Panel>
  );
}

/** From here on the preview stands beside the source (Tailwind's `lg`), and nobody has to be led to it. */
const BESIDE = "(min-width: 64rem)";

/** The heading people are led to whenever they asked for a preview that stands below the fold, and again when it has come. */
function useLead(asked: number, isFetching: boolean) {
  const heading = useRef<HTMLHeadingElement>(null);
  const answered = useRef(asked);
  useEffect(() => {
    if (asked === answered.current || matchMedia(BESIDE).matches) return;
    answered.current = asked;
    heading.current?.focus({ preventScroll: true });
  }, [asked]);
  useEffect(() => {
    // Whoever went elsewhere in the meantime is left there.
    if (heading.current && document.activeElement === heading.current)
      heading.current.scrollIntoView({ block: "start" });
  }, [asked, isFetching]);
  return heading;
}

function Waiting({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 px-6 text-center text-muted">
      <ScanSearch aria-hidden className="size-7 text-faint" />
      <p className="max-w-sm">{children}</p>
    </div>
  );
}

function Loading() {
  return (
    <>
      <Skeleton className="h-6 w-48" />
      <Skeleton className="h-5 w-72 max-w-full" />
      <Skeleton className="h-28" />
      <Skeleton className="h-8 w-32" />
    </>
  );
}
