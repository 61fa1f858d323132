"use client";

import { CircleAlert } from "lucide-react";
import { useId, type ReactNode } from "react";
import { cn } from "./class-names.ts";

export interface FieldAria {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
}

/**
 * Label, control, hint and error, tied together. The control is made by `children` from the ids handed to it.
 * `trailing` stands at the right of the label (a chip, a reset button). Not required is the marked case only where most are.
 */
export function Field({
  label,
  id,
  htmlFor,
  hint,
  error,
  required = false,
  trailing,
  className,
  children,
}: {
  label: ReactNode;
  id?: string;
  htmlFor?: string;
  hint?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  trailing?: ReactNode;
  className?: string;
  children: (aria: FieldAria) => ReactNode;
}) {
  const made = useId();
  const control = id ?? htmlFor ?? made;
  const described = [error ? `${control}-error` : null, hint ? `${control}-hint` : null]
    .filter(Boolean)
    .join(" ");
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <label htmlFor={control} className="text-sm font-medium text-ink">
          {label}
          {required ? (
            <span className="text-bad" aria-hidden>
              {" "}
              *
            </span>
          ) : null}
        </label>
        {trailing}
      </div>
      {children({
        id: control,
        ...(described && { "aria-describedby": described }),
        ...(error ? { "aria-invalid": true } : {}),
        ...(required && { "aria-required": true }),
      })}
      {error ? (
        <p id={`${control}-error`} role="alert" className="flex items-start gap-1.5 text-sm text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{error}</span>
        </p>
      ) : null}
      {hint ? (
        <p id={`${control}-hint`} className="text-sm wrap-anywhere text-muted">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
