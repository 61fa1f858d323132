"use client";

import { Check } from "lucide-react";
import { useId, useRef, useState, type KeyboardEvent, type ReactNode, type ToggleEvent } from "react";
import { cn } from "./class-names.ts";
import { place } from "./place.ts";

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

/** Arrow keys, Home, End and first letters, as the ARIA practices describe a menu. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const items = itemsOf(event.currentTarget);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[to]?.focus();
    return;
  }
  if (event.key.length !== 1 || event.key === " ") return;
  const letter = event.key.toLowerCase();
  const ordered = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  ordered.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
}

/**
 * A button that opens a list of actions, in the top layer. `children` are `MenuItem`, `MenuChoice` and `MenuLabel`.
 * Escape, a choice, Tab or a press outside closes it and the button has the focus again.
 */
export function Menu({
  label,
  trigger,
  triggerClassName,
  side = "bottom",
  align = "end",
  children,
}: {
  label: string;
  trigger: ReactNode;
  triggerClassName?: string;
  side?: "top" | "bottom";
  align?: "start" | "end";
  children: ReactNode;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  // The platform says so only after it has opened: unseen until it stands in its place.
  const [placed, setPlaced] = useState(false);

  function onToggle(event: ToggleEvent<HTMLDivElement>) {
    const menu = event.currentTarget;
    const isOpen = event.newState === "open";
    setOpen(isOpen);
    setPlaced(isOpen);
    if (!isOpen || !button.current) return;
    const size = { width: menu.offsetWidth, height: menu.offsetHeight };
    const view = { width: window.innerWidth, height: window.innerHeight };
    const spot = place(button.current.getBoundingClientRect(), size, view, { side, align, gap: 6 });
    menu.style.left = `${spot.left}px`;
    menu.style.top = `${spot.top}px`;
    itemsOf(menu)[0]?.focus();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        popoverTarget={id}
        className={triggerClassName}
      >
        {trigger}
      </button>
      <div
        id={id}
        role="menu"
        aria-label={label}
        popover="auto"
        onToggle={onToggle}
        onKeyDown={(event) => {
          if (event.key === "Tab") event.currentTarget.hidePopover();
          else moveFocus(event);
        }}
        className={cn(
          "fixed min-w-52 rounded-lg border border-line-strong bg-surface p-1 shadow-float",
          !placed && "opacity-0",
        )}
      >
        {children}
      </div>
    </>
  );
}

const ITEM =
  "flex h-8 w-full items-center gap-2 rounded-md px-2 text-left text-base text-ink hover:bg-sunken focus:bg-sunken focus-visible:outline-offset-[-2px] [&_svg]:size-4 [&_svg]:text-muted";

function closeMenu(item: HTMLElement) {
  item.closest<HTMLElement>("[popover]")?.hidePopover();
}

/** One action. */
export function MenuItem({
  icon,
  onSelect,
  children,
}: {
  icon?: ReactNode;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={ITEM}
      onClick={(event) => {
        closeMenu(event.currentTarget);
        onSelect();
      }}
    >
      {icon}
      {children}
    </button>
  );
}

/** A file to download. */
export function MenuLink({
  icon,
  href,
  download,
  children,
}: {
  icon?: ReactNode;
  href: string;
  /** The name it is saved under. */
  download: string;
  children: ReactNode;
}) {
  return (
    <a
      role="menuitem"
      tabIndex={-1}
      href={href}
      download={download}
      className={cn(ITEM, "no-underline")}
      onClick={(event) => closeMenu(event.currentTarget)}
    >
      {icon}
      {children}
    </a>
  );
}

/** One of several values; the chosen one carries a tick. */
export function MenuChoice({
  icon,
  checked,
  onSelect,
  children,
}: {
  icon?: ReactNode;
  checked: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={checked}
      tabIndex={-1}
      className={ITEM}
      onClick={(event) => {
        closeMenu(event.currentTarget);
        onSelect();
      }}
    >
      {icon}
      <span className="flex-1">{children}</span>
      <Check aria-hidden className={cn(!checked && "invisible")} />
    </button>
  );
}

/** A heading or a fact inside a menu; not reachable, only readable. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <div
      role="presentation"
      className="border-line px-2 pt-1.5 pb-1 text-xs text-muted not-first:mt-1 not-first:border-t"
    >
      {children}
    </div>
  );
}
