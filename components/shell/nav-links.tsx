"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/ui/class-names.ts";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { isCurrent, PLACES } from "./navigation.ts";

/** The list of rooms; "Plugins" carries how many need attention. */
export function NavLinks({ onFollow }: { onFollow?: () => void }) {
  const path = usePathname();
  const { data } = useQuery(queries(api).overview);
  const attention = data?.counts.attention ?? 0;
  return (
    <ul className="flex flex-col gap-0.5">
      {PLACES.map((place) => {
        const current = isCurrent(place, path);
        return (
          <li key={place.href}>
            <Link
              href={place.href}
              aria-current={current ? "page" : undefined}
              {...(onFollow && { onClick: onFollow })}
              className={cn(
                "flex h-8 items-center gap-2.5 rounded-md px-2 text-base transition-colors",
                current ? "bg-sunken font-medium text-ink" : "text-muted hover:bg-sunken hover:text-ink",
              )}
            >
              <place.icon aria-hidden className={cn("size-4 shrink-0", current && "text-accent")} />
              <span className="flex-1">{place.label}</span>
              {place.href === "/plugins" && attention > 0 ? (
                <span className="figures rounded-full bg-bad-soft px-1.5 text-xs font-medium text-bad">
                  {attention}
                  <span className="sr-only"> need attention</span>
                </span>
              ) : null}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
