"use client";

import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

type Variant = "primary" | "secondary" | "ghost" | "danger";
type Size = "sm" | "md";

interface Looks {
  variant?: Variant | undefined;
  size?: Size | undefined;
  icon?: ReactNode;
}

const BASE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap no-underline transition-colors select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0";

const VARIANTS: Record<Variant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:not-disabled:bg-accent-hover",
  secondary: "border-line-strong bg-surface text-ink hover:not-disabled:bg-sunken",
  ghost: "border-transparent text-muted hover:not-disabled:bg-sunken hover:not-disabled:text-ink",
  danger: "border-transparent bg-bad-fill text-on-accent hover:not-disabled:bg-bad-fill-hover",
};

const SIZES: Record<Size, string> = { sm: "h-7 px-2.5 text-sm", md: "h-8 px-3 text-base" };

function looks({ variant = "secondary", size = "md" }: Looks, className: string | undefined) {
  return cn(BASE, VARIANTS[variant], SIZES[size], className);
}

/** A button. `loading` keeps its width and name, shows a spinner and ignores presses; it is announced as busy. */
export function Button({
  variant,
  size,
  icon,
  loading = false,
  className,
  children,
  type = "button",
  onClick,
  ...rest
}: Looks & { loading?: boolean } & ComponentProps<"button">) {
  return (
    <button
      type={type}
      className={looks({ variant, size }, className)}
      aria-busy={loading || undefined}
      aria-disabled={loading || undefined}
      onClick={(event) => {
        if (loading) event.preventDefault();
        else onClick?.(event);
      }}
      {...rest}
    >
      {loading ? <LoaderCircle aria-hidden className="animate-spin" /> : icon}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  variant,
  size,
  icon,
  className,
  children,
  ...rest
}: Looks & ComponentProps<typeof Link>) {
  return (
    <Link className={looks({ variant, size }, className)} {...rest}>
      {icon}
      {children}
    </Link>
  );
}

/** A square button with an icon; `label` is its accessible name and its hint. */
export function IconButton({
  label,
  size = "md",
  variant = "ghost",
  className,
  children,
  type = "button",
  ...rest
}: { label: string } & Omit<Looks, "icon"> & ComponentProps<"button">) {
  const square = size === "sm" ? "size-7" : "size-8";
  return (
    <Tooltip content={label} naming>
      <button
        type={type}
        aria-label={label}
        className={cn(BASE, VARIANTS[variant], square, className)}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}
