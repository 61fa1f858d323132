"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { isAppError } from "@/lib/contract/error.ts";
import { api } from "@/lib/client/browser.ts";
import { claimDrafts } from "@/lib/client/draft.ts";
import { fromAddress } from "@/lib/client/path.ts";
import { queries } from "@/lib/client/queries.ts";
import { toSignInPath } from "@/components/account/return-path.ts";

const isSignedOut = (error: unknown) => isAppError(error) && error.code === "unauthenticated";

/**
 * Sends the reader to sign-in, and later back here, as soon as any query or mutation hears that the session is over.
 * A soft navigation: drafts of this tab stay, and no "leave this page?" stands in the way. They stay for the same person only.
 */
export function SessionGuard() {
  const client = useQueryClient();
  const router = useRouter();
  const sent = useRef(false);
  const { data: me } = useQuery(queries(api).me);
  const userId = me?.id;

  useEffect(() => {
    if (userId !== undefined) claimDrafts(userId);
  }, [userId]);

  useEffect(() => {
    function leave(error: unknown) {
      if (sent.current || !isSignedOut(error)) return;
      sent.current = true;
      const { pathname, search, hash } = window.location;
      router.push(toSignInPath(fromAddress(`${pathname}${search}${hash}`), "expired"));
    }
    const stops = [
      client.getQueryCache().subscribe((event) => {
        if (event.type === "updated" && event.action.type === "error") leave(event.action.error);
      }),
      client.getMutationCache().subscribe((event) => {
        if (event.type === "updated" && event.action.type === "error") leave(event.action.error);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [client, router]);

  return null;
}
