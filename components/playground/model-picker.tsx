"use client";

import { ChevronDown } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { cn } from "@/components/ui/class-names.ts";
import type { Model } from "@/lib/contract/protocol.ts";

interface Option {
  id: string;
  label: string;
  note: string;
}

function toOptions(models: readonly Model[], query: string | null): Option[] {
  const wanted = (query ?? "").trim().toLowerCase();
  const found = models
    .filter(({ id, name }) => `${id} ${name ?? ""}`.toLowerCase().includes(wanted))
    .map(({ id, name, deprecated }) => ({
      id,
      label: id,
      note: [name === id ? "" : (name ?? ""), deprecated ? "deprecated" : ""].filter(Boolean).join(" · "),
    }));
  const isListed = models.some(({ id }) => id.toLowerCase() === wanted);
  return wanted === "" || isListed
    ? found
    : [
        ...found,
        {
          id: (query ?? "").trim(),
          label: `Use “${(query ?? "").trim()}”`,
          note: "not in the plugin's list",
        },
      ];
}

/**
 * A text field that offers the plugin's models and takes any other id as well, for a plugin may know more than it lists.
 * A WAI-ARIA combobox: arrows move, Enter takes, Escape closes.
 */
export function ModelPicker({
  models,
  value,
  onChange,
}: {
  models: readonly Model[];
  value: string;
  onChange: (modelId: string) => void;
}) {
  const listId = useId();
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState(false);
  /** What was typed since the last choice; null shows the choice and offers everything. */
  const [query, setQuery] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const options = toOptions(models, query);
  const isOpen = open && options.length > 0;

  useEffect(() => {
    if (isOpen) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [isOpen, active]);

  function show() {
    if (open) return;
    setOpen(true);
    setActive(
      Math.max(
        0,
        toOptions(models, query).findIndex(({ id }) => id === value),
      ),
    );
  }

  function take(modelId: string | undefined) {
    setOpen(false);
    setQuery(null);
    if (modelId && modelId !== value) onChange(modelId);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return show();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + options.length) % options.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(isOpen ? options[active]?.id : query?.trim());
    } else if (event.key === "Escape" && (open || query !== null)) {
      event.preventDefault();
      take(undefined);
    }
  }

  return (
    <div className="relative min-w-0">
      <input
        role="combobox"
        aria-label="Model"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="Model id"
        className="control h-8 truncate pr-8 font-mono text-sm"
        value={query ?? value}
        onClick={show}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setOpen(true);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => take(query?.trim())}
      />
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2.5 size-4 text-muted" />
      <ul
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Models"
        hidden={!isOpen}
        className="absolute inset-x-0 top-full z-20 mt-1 max-h-72 min-w-56 overflow-y-auto rounded-md border border-line-strong bg-surface p-1 shadow-float"
      >
        {options.map(({ id, label, note }, index) => (
          <li
            key={label}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={id === value}
            className={cn(
              "flex min-h-7 cursor-pointer flex-col justify-center rounded px-2 py-1 text-sm",
              index === active ? "bg-sunken" : "",
            )}
            // The field keeps the focus, so that its blur does not close the list under the pointer.
            onPointerDown={(event) => event.preventDefault()}
            onPointerMove={() => setActive(index)}
            onClick={() => take(id)}
          >
            <span className="font-mono wrap-anywhere">{label}</span>
            {note ? <span className="text-xs wrap-anywhere text-muted">{note}</span> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
