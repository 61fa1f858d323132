"use client";

import { useQuery } from "@tanstack/react-query";
import { CornerDownLeft, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { cn } from "@/components/ui/class-names.ts";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { signOut } from "./account-menu.tsx";
import { findEntries, type PaletteEntry } from "./palette-entries.ts";
import { useTheme } from "./theme.ts";

/** Everything by name: plugins and their pages, the rooms, what can be done. Mounted while open. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const { data: plugins = [] } = useQuery(queries(api).plugins);
  const run = useRun(() => {
    dialog.current?.close();
    onClose();
  });
  const entries = findEntries(plugins, query);
  const at = Math.min(active, entries.length - 1);

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);

  function onKeyDown(event: KeyboardEvent) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (entries.length > 0) setActive((at + move + entries.length) % entries.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const entry = entries[at];
      if (entry) run(entry);
    }
  }

  return (
    <dialog
      ref={dialog}
      aria-label="Search plugins, pages and actions"
      onClose={onClose}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      className="mx-auto mt-[12dvh] max-h-[70dvh] w-[calc(100vw-2rem)] max-w-xl overflow-hidden rounded-xl border border-line-strong bg-surface p-0 text-ink shadow-float open:flex"
    >
      <div className="flex min-h-0 w-full flex-col">
        <div className="flex items-center gap-2 border-b border-line px-3">
          <Search aria-hidden className="size-4 text-muted" />
          <input
            role="combobox"
            aria-expanded
            aria-controls={`${id}-list`}
            aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
            aria-autocomplete="list"
            aria-label="Search plugins, pages and actions"
            placeholder="Search plugins, pages and actions"
            autoComplete="off"
            spellCheck={false}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            className="h-11 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-faint"
          />
        </div>
        <ul id={`${id}-list`} role="listbox" aria-label="Results" className="min-h-0 overflow-y-auto p-1.5">
          {entries.map((entry, index) => (
            <PaletteLine
              key={entry.id}
              id={`${id}-${index}`}
              entry={entry}
              heading={entries[index - 1]?.group === entry.group ? null : entry.group}
              active={index === at}
              onPoint={() => setActive(index)}
              onRun={() => run(entry)}
            />
          ))}
        </ul>
        <p role="status" className={entries.length > 0 ? "sr-only" : "px-4 pt-2 pb-6 text-center text-muted"}>
          {entries.length > 0
            ? `${entries.length} ${entries.length === 1 ? "result" : "results"}`
            : `Nothing is called “${query.trim()}”.`}
        </p>
      </div>
    </dialog>
  );
}

function PaletteLine({
  id,
  entry,
  heading,
  active,
  onPoint,
  onRun,
}: {
  id: string;
  entry: PaletteEntry;
  heading: string | null;
  active: boolean;
  onPoint: () => void;
  onRun: () => void;
}) {
  return (
    <>
      {heading ? (
        <li role="presentation" className="px-2 pt-2 pb-1 text-xs text-muted">
          {heading}
        </li>
      ) : null}
      <li
        id={id}
        role="option"
        aria-selected={active}
        onPointerMove={onPoint}
        onClick={onRun}
        className={cn(
          "flex min-h-8 cursor-pointer items-center gap-3 rounded-md px-2 py-1",
          active && "bg-sunken",
        )}
      >
        <span className="min-w-0 flex-1 truncate">{entry.label}</span>
        {entry.detail ? <span className="max-w-40 truncate text-sm text-muted">{entry.detail}</span> : null}
        <CornerDownLeft aria-hidden className={cn("size-3.5 text-muted", !active && "invisible")} />
      </li>
    </>
  );
}

/** Closes the palette and carries out an entry. */
function useRun(close: () => void): (entry: PaletteEntry) => void {
  const router = useRouter();
  const [, setTheme] = useTheme();
  return ({ action }) => {
    close();
    if (action.kind === "go") {
      router.push(action.href);
      // Whoever came by keyboard has no place on the new page yet.
      document.getElementById("content")?.focus({ preventScroll: true });
    } else if (action.command === "sign-out") void signOut();
    else setTheme(document.documentElement.classList.contains("dark") ? "light" : "dark");
  };
}
