"use client";

import { useRef, type KeyboardEvent } from "react";
import { cn } from "../ui/class-names.ts";
import { CONFIG_VIEWS, type ConfigView } from "./config-view.ts";

const WORDS: Record<ConfigView, string> = {
  form: "Form",
  yaml: "YAML",
  json: "JSON",
  effective: "Effective",
  history: "History",
};

/** The id of a view's tab; its panel is labelled by it. */
export function toTabId(view: ConfigView): string {
  return `config-tab-${view}`;
}

/** Form, YAML and JSON over one draft; what the plugin gets; and what was saved before. Arrow keys move, as in every tab list. */
export function ConfigTabs({ view, onView }: { view: ConfigView; onView: (view: ConfigView) => void }) {
  const list = useRef<HTMLDivElement>(null);

  function move(event: KeyboardEvent) {
    const at = CONFIG_VIEWS.indexOf(view);
    const last = CONFIG_VIEWS.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    const next = to === undefined ? undefined : CONFIG_VIEWS[to];
    if (next === undefined) return;
    event.preventDefault();
    onView(next);
    list.current?.querySelector<HTMLElement>(`#${toTabId(next)}`)?.focus();
  }
  return (
    <div className="overflow-x-auto border-b border-line px-2">
      <div ref={list} role="tablist" aria-label="View of the configuration" className="flex min-w-max gap-1">
        {CONFIG_VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={toTabId(name)}
            aria-selected={name === view}
            aria-controls="config-view"
            tabIndex={name === view ? 0 : -1}
            onClick={() => onView(name)}
            onKeyDown={move}
            className={cn(
              "flex h-9 items-center border-b-2 px-2.5 text-base -outline-offset-2 transition-colors",
              name === "effective" && "ml-2",
              name === view
                ? "border-accent font-medium text-ink"
                : "border-transparent text-muted hover:border-line-strong hover:text-ink",
            )}
          >
            {WORDS[name]}
          </button>
        ))}
      </div>
    </div>
  );
}
