"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { ConfirmDialog } from "../ui/dialog.tsx";

/**
 * Asks before edits are lost. Closing the tab loses all of them; going to another page only typed secrets, since the rest
 * stays behind as a draft, and is therefore asked about for those alone.
 */
export function LeaveGuard({ changes, typedSecrets }: { changes: number; typedSecrets: number }) {
  const router = useRouter();
  const [target, setTarget] = useState<string | null>(null);

  useEffect(() => {
    if (changes === 0) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [changes]);

  const onClick = useEffectEvent((event: MouseEvent) => {
    const href = internalTarget(event);
    if (href === null || typedSecrets === 0) return;
    event.preventDefault();
    event.stopPropagation();
    setTarget(href);
  });
  useEffect(() => {
    // Capturing: before Next's links act.
    const listen = (event: MouseEvent) => onClick(event);
    document.addEventListener("click", listen, true);
    return () => document.removeEventListener("click", listen, true);
  }, []);

  return (
    <ConfirmDialog
      open={target !== null}
      onOpenChange={(open) => !open && setTarget(null)}
      title="Leave without saving?"
      body={`${typedSecrets === 1 ? "The secret" : `The ${typedSecrets} secrets`} you typed will be gone: secrets are never kept by the browser. Your other edits stay here as a draft.`}
      confirmLabel="Leave"
      onConfirm={() => Promise.resolve(router.push(target ?? "/"))}
    />
  );
}

/** The page a plain click on a link of ours leads to, or null when it stays here or opens elsewhere. */
function internalTarget(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || (link.target !== "" && link.target !== "_self")) return null;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname === location.pathname) return null;
  return url.pathname + url.search + url.hash;
}
