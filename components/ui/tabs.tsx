"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "./class-names.ts";

/** Tabs that are addresses. `exact` for the first one, whose address begins all the others. */
export function TabLinks({
  items,
  label = "Sections",
}: {
  items: ReadonlyArray<{ href: string; label: string; count?: number; exact?: boolean }>;
  label?: string;
}) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line">
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
