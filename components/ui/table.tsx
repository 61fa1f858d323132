import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names.ts";

/** A semantic table in a region that scrolls sideways and can be reached by keyboard. `label` names the region. */
export function Table({
  label,
  className,
  children,
  ...rest
}: { label: string; children: ReactNode } & ComponentProps<"table">) {
  return (
    // `relative`: what is positioned inside (text for screen readers only) is clipped with the rest and widens no page.
    <div role="region" aria-label={label} tabIndex={0} className="relative overflow-x-auto -outline-offset-2">
      <table className={cn("w-full border-collapse text-left text-base", className)} {...rest}>
        {children}
      </table>
    </div>
  );
}

export function THead({ className, ...rest }: ComponentProps<"thead">) {
  return <thead className={cn("text-sm text-muted", className)} {...rest} />;
}

export function TBody({ className, ...rest }: ComponentProps<"tbody">) {
  return <tbody className={cn("divide-y divide-line", className)} {...rest} />;
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={className} {...rest} />;
}

/** `figure` sets a column of numbers to the right. */
export function Th({
  figure = false,
  className,
  scope = "col",
  ...rest
}: { figure?: boolean } & ComponentProps<"th">) {
  return (
    <th
      scope={scope}
      className={cn(
        "h-9 border-b border-line px-3 font-medium whitespace-nowrap first:pl-4 last:pr-4",
        figure && "text-right",
        className,
      )}
      {...rest}
    />
  );
}

export function Td({ figure = false, className, ...rest }: { figure?: boolean } & ComponentProps<"td">) {
  return (
    <td
      className={cn(
        "px-3 py-2 align-middle first:pl-4 last:pr-4",
        figure && "figures text-right whitespace-nowrap",
        className,
      )}
      {...rest}
    />
  );
}
