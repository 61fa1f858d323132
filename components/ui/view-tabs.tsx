"use client";

import type { KeyboardEvent } from "react";
import { cn } from "./class-names.ts";

/** Keys that move between tabs, as steps. */
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Several views of one thing, one at a time. The views carry `role="tabpanel"` and the id `panelId(value)` themselves. */
export function ViewTabs<View extends string>({
  label,
  views,
  value,
  onChange,
  panelId,
}: {
  label: string;
  views: ReadonlyArray<{ value: View; label: string }>;
  value: View;
  onChange: (view: View) => void;
  panelId: (view: View) => string;
}) {
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const step = STEPS[event.key];
    const at = views.findIndex((view) => view.value === value);
    const next = step === undefined ? undefined : views[(at + step + views.length) % views.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.value);
    event.currentTarget.querySelectorAll("button")[views.indexOf(next)]?.focus();
  }
  return (
    <div
      role="tablist"
      aria-label={label}
      onKeyDown={onKeyDown}
      className="inline-flex rounded-md border border-line-strong bg-surface p-0.5"
    >
      {views.map((view) => (
        <button
          key={view.value}
          type="button"
          role="tab"
          aria-selected={view.value === value}
          aria-controls={panelId(view.value)}
          tabIndex={view.value === value ? 0 : -1}
          onClick={() => onChange(view.value)}
          className={cn(
            "h-6 rounded px-2.5 text-sm whitespace-nowrap",
            view.value === value
              ? "bg-accent-soft font-medium text-accent"
              : "text-muted hover:bg-sunken hover:text-ink",
          )}
        >
          {view.label}
        </button>
      ))}
    </div>
  );
}
