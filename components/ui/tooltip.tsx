"use client";

import { cloneElement, useEffect, useId, useRef, type ReactElement, type ReactNode } from "react";
import { place } from "./place.ts";

/** Delay before a hint opens on hover; focus opens it at once. */
const OPEN_DELAY_MS = 350;
/** Long enough to move the pointer from the trigger onto the hint (WCAG 1.4.13, hoverable). */
const CLOSE_DELAY_MS = 120;
/**
 * A short hint on hover and focus, in the top layer so that no scrolling box cuts it. Escape closes it.
 * `children` is one element that takes `aria-describedby`; with `naming` the hint repeats its name and is not read twice.
 */
export function Tooltip({
  content,
  children,
  naming = false,
}: {
  content: ReactNode;
  children: ReactElement<{ "aria-describedby"?: string }>;
  naming?: boolean;
}) {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => () => clearTimeout(timer.current), []);

  function show() {
    const target = anchor.current?.firstElementChild;
    if (!target || !tip.current?.isConnected) return;
    if (!tip.current.matches(":popover-open")) tip.current.showPopover();
    const { offsetWidth: width, offsetHeight: height } = tip.current;
    const view = { width: window.innerWidth, height: window.innerHeight };
    const spot = place(target.getBoundingClientRect(), { width, height }, view, {
      side: "top",
      align: "center",
      gap: 6,
    });
    tip.current.style.left = `${spot.left}px`;
    tip.current.style.top = `${spot.top}px`;
  }
  function hide() {
    clearTimeout(timer.current);
    if (tip.current?.matches(":popover-open")) tip.current.hidePopover();
  }
  function later(action: () => void, delayMs: number) {
    clearTimeout(timer.current);
    timer.current = setTimeout(action, delayMs);
  }

  return (
    <span
      ref={anchor}
      className="contents"
      onPointerEnter={(event) => event.pointerType !== "touch" && later(show, OPEN_DELAY_MS)}
      onPointerLeave={() => later(hide, CLOSE_DELAY_MS)}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(":focus-visible") && show()}
      onBlur={hide}
      onKeyDown={(event) => event.key === "Escape" && hide()}
    >
      {naming ? children : cloneElement(children, { "aria-describedby": id })}
      <span
        ref={tip}
        id={id}
        role="tooltip"
        popover="manual"
        aria-hidden={naming || undefined}
        className="pointer-events-auto fixed max-w-72 rounded-md bg-ink px-2 py-1 text-left text-xs font-normal wrap-anywhere whitespace-normal text-canvas"
      >
        {content}
      </span>
    </span>
  );
}
