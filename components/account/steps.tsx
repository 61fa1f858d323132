import { Check } from "lucide-react";
import { cn } from "@/components/ui/class-names.ts";

/** Where one stands in a short sequence; `current` counts from 0. */
export function Steps({ labels, current }: { labels: readonly string[]; current: number }) {
  return (
    <ol className="grid grid-cols-3 gap-2">
      {labels.map((label, index) => {
        const done = index < current;
        return (
          <li
            key={label}
            aria-current={index === current ? "step" : undefined}
            className={cn(
              "flex flex-col gap-1 border-t-2 pt-2 text-sm",
              index <= current ? "border-accent" : "border-line-strong",
              index === current ? "font-medium text-ink" : "text-muted",
            )}
          >
            <span className="inline-flex items-center gap-1">
              {done ? <Check aria-hidden className="size-3.5 text-accent" /> : null}
              {label}
              {done ? <span className="sr-only">, done</span> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
