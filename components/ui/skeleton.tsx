import { cn } from "./class-names.ts";

/** A grey stand-in with the size of what is coming: give width and height in `className`. Announce loading on the region around it. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse-slow rounded-md bg-sunken", className)} />;
}
