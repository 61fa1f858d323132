"use client";

import { CircleHelp, Eraser, SlidersHorizontal } from "lucide-react";
import { Button, IconButton } from "@/components/ui/button.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

/** Title and what concerns the whole page. Settings have a button only where they have no column of their own. */
export function PlaygroundHeader({
  onClear,
  onHelp,
  settings,
}: {
  /** Absent while there is nothing to clear. */
  onClear: (() => void) | undefined;
  onHelp: () => void;
  settings: { id: string; open: boolean; onToggle: () => void };
}) {
  return (
    <PageHeader
      title="Playground"
      actions={
        <>
          <Button icon={<Eraser aria-hidden />} disabled={!onClear} onClick={onClear}>
            Clear
          </Button>
          <Button
            className="lg:hidden"
            icon={<SlidersHorizontal aria-hidden />}
            aria-expanded={settings.open}
            aria-controls={settings.id}
            onClick={settings.onToggle}
          >
            Settings
          </Button>
          <IconButton label="Keys" onClick={onHelp}>
            <CircleHelp aria-hidden />
          </IconButton>
        </>
      }
    />
  );
}
