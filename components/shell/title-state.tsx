"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";

const MARK = /^● \d+ need attention · |^● 1 needs attention · /;

/** Puts what needs attention into the tab's title and icon: "● 2 need attention · Plugins · Loom Console". */
export function TitleState() {
  const { data } = useQuery(queries(api).overview);
  const attention = data?.counts.attention ?? 0;

  useEffect(() => {
    const mark =
      attention === 0 ? "" : attention === 1 ? "● 1 needs attention · " : `● ${attention} need attention · `;
    function apply() {
      const wanted = mark + document.title.replace(MARK, "");
      if (document.title !== wanted) document.title = wanted;
    }
    apply();
    // Next writes a new title with every navigation.
    const observer = new MutationObserver(apply);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      document.title = document.title.replace(MARK, "");
    };
  }, [attention]);

  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!icon || attention === 0) return;
    const calm = icon.href;
    icon.href = "/icon-attention.svg";
    return () => {
      icon.href = calm;
    };
  }, [attention]);

  return null;
}
