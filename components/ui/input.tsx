import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** One line of text. `mono` for what is typed by machines: addresses, ids, keys. */
export function Input({ mono = false, className, ...rest }: { mono?: boolean } & ComponentProps<"input">) {
  return <input className={cn("control h-8", mono && "font-mono text-sm", className)} {...rest} />;
}

/** Several lines; grows with its text where the browser can. */
export function Textarea({
  mono = false,
  className,
  ...rest
}: { mono?: boolean } & ComponentProps<"textarea">) {
  return (
    <textarea
      className={cn(
        "control field-sizing-content max-h-96 min-h-20 py-1.5",
        mono && "font-mono text-sm",
        className,
      )}
      {...rest}
    />
  );
}

/** The platform's own select with our chevron. `className` goes to the box around it (for its width). */
export function Select({
  mono = false,
  className,
  children,
  ...rest
}: { mono?: boolean } & ComponentProps<"select">) {
  return (
    <span className={cn("relative inline-flex w-full", className)}>
      <select
        className={cn("control h-8 appearance-none truncate pr-8", mono && "font-mono text-sm")}
        {...rest}
      >
        {children}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2.5 size-4 text-muted" />
    </span>
  );
}
