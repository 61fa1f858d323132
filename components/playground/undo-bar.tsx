"use client";

import { Undo2, X } from "lucide-react";
import { Button, IconButton } from "@/components/ui/button.tsx";

/** What was just taken away, and the way to get it back. Stands where it happened, covers nothing, and waits. */
export function UndoBar({
  title,
  onUndo,
  onDismiss,
}: {
  title: string;
  onUndo: () => void;
  onDismiss: () => void;
}) {
  return (
    <div className="flex items-center gap-2 border-b border-line bg-sunken py-1.5 pr-2 pl-4 text-sm">
      <p role="status" className="min-w-0 flex-1">
        {title}
      </p>
      <Button size="sm" icon={<Undo2 aria-hidden />} onClick={onUndo}>
        Undo
      </Button>
      <IconButton label="Dismiss" size="sm" onClick={onDismiss}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
