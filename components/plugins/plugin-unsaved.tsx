"use client";

import { Notice } from "@/components/config-form/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

/** Asks what to do with edits that are not saved before a plugin is switched on: it would start without them. */
export function PluginUnsaved({
  changes,
  onSave,
  onClose,
}: {
  changes: number;
  onSave: () => void;
  onClose: () => void;
}) {
  return (
    <Notice
      tone="warn"
      action={
        <span className="flex gap-2">
          <Button size="sm" variant="primary" onClick={onSave}>
            Save and enable
          </Button>
          <Button size="sm" variant="ghost" onClick={onClose}>
            Not yet
          </Button>
        </span>
      }
    >
      <p>You have {changes === 1 ? "1 unsaved change" : `${changes} unsaved changes`}.</p>
      <p className="text-sm text-muted">The plugin starts with what is saved.</p>
    </Notice>
  );
}
