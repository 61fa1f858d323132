"use client";

import { Kbd } from "../ui/kbd.tsx";
import { Switch } from "../ui/switch.tsx";

/** The keys of the editor, and whether Tab indents: otherwise it goes on to the next control, as everywhere. */
export function EditorHint({
  tabIndents,
  onTabIndents,
  completes,
}: {
  tabIndents: boolean;
  onTabIndents: (indents: boolean) => void;
  completes: boolean;
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 text-xs text-muted">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {completes ? (
          <span>
            <Kbd>Ctrl Space</Kbd> completes
          </span>
        ) : null}
        <span>
          <Kbd>F8</Kbd> next finding
        </span>
        {tabIndents ? (
          <span>
            <Kbd>Esc</Kbd> then <Kbd>Tab</Kbd> leaves
          </span>
        ) : (
          <span>
            <Kbd>Tab</Kbd> leaves
          </span>
        )}
      </p>
      <label className="flex min-h-6 items-center gap-2">
        <Switch label="Tab indents" checked={tabIndents} onCheckedChange={onTabIndents} />
        <span>Tab indents</span>
      </label>
    </div>
  );
}
