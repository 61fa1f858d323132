"use client";

import { cn } from "./class-names.ts";

/**
 * On or off, at once. Name it with `label`, or with `id` and a `<label htmlFor>`.
 * While `pending` it shows the desired state, pulses and ignores presses.
 */
export function Switch({
  checked,
  onCheckedChange,
  disabled = false,
  pending = false,
  label,
  id,
  ...aria
}: {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
  pending?: boolean;
  label?: string;
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
  "aria-required"?: boolean;
}) {
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-checked={checked}
      aria-label={label}
      aria-busy={pending || undefined}
      disabled={disabled}
      onClick={() => {
        if (!pending) onCheckedChange(!checked);
      }}
      className={cn(
        "group relative inline-flex h-6 w-10 shrink-0 items-center rounded-full align-middle disabled:cursor-not-allowed disabled:opacity-55",
        pending && "animate-pulse-slow cursor-progress",
      )}
      {...aria}
    >
      <span
        aria-hidden
        className={cn(
          "h-5 w-9 rounded-full border transition-colors",
          checked ? "border-transparent bg-accent" : "border-line-control bg-sunken",
        )}
      />
      <span
        aria-hidden
        className={cn(
          "absolute size-3.5 rounded-full transition-transform",
          checked ? "translate-x-[1.125rem] bg-on-accent" : "translate-x-[0.1875rem] bg-line-control",
        )}
      />
    </button>
  );
}
