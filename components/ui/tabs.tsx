"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { cn } from "./class-names.ts";

/** Tabs that are addresses. `exact` for the first one, whose address begins all the others. */
export function TabLinks({
  items,
  label = "Sections",
}: {
  items: ReadonlyArray<{ href: string; label: string; count?: number | undefined; exact?: boolean }>;
  label?: string;
}) {
  const path = usePathname();
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    if (strip.current) showCurrent(strip.current);
  }, [path]);
  return (
    <nav ref={strip} aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex min-w-max gap-1">
        {items.map(({ href, label: word, count, exact }) => {
          const current = exact ? path === href : path === href || path.startsWith(`${href}/`);
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={current ? "page" : undefined}
                className={cn(
                  "flex h-9 items-center gap-1.5 border-b-2 px-2.5 text-base -outline-offset-2 transition-colors",
                  current
                    ? "border-accent font-medium text-ink"
                    : "border-transparent text-muted hover:border-line-strong hover:text-ink",
                )}
              >
                {word}
                {count === undefined ? null : (
                  <span className="figures rounded-full bg-sunken px-1.5 text-xs text-muted">{count}</span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** On a phone the open tab may lie beyond the edge: the strip is moved, never the page. */
function showCurrent(strip: HTMLElement): void {
  const tab = strip.querySelector("[aria-current]");
  if (!tab) return;
  const [frame, box] = [strip.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (box.right > frame.right) strip.scrollLeft += box.right - frame.right;
  else if (box.left < frame.left) strip.scrollLeft += box.left - frame.left;
}
