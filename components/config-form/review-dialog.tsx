"use client";

import { useState } from "react";
import type { AuditChange } from "@/lib/contract/activity.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import type { LeftBehind } from "./draft-origin.ts";
import { LeftBehindNotice } from "./secret/left-behind.tsx";
import { NoteField } from "./note-field.tsx";
import { ValueDiff } from "./value-diff.tsx";

/** What a save would change, field by field, and room for the reason. */
export function ReviewDialog({
  changes,
  schema,
  left,
  onClose,
  onSave,
}: {
  changes: AuditChange[];
  schema: readonly ConfigField[];
  /** Secrets that keep it from being saved. */
  left: LeftBehind | null;
  onClose: () => void;
  onSave: (note: string) => void;
}) {
  const [note, setNote] = useState("");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title={changes.length === 1 ? "Review 1 change" : `Review ${changes.length} changes`}
      description="Before, and after the save."
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button variant="primary" onClick={() => onSave(note)}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <LeftBehindNotice left={left} onFix={onClose} />
        <ValueDiff changes={changes} schema={schema} />
        <NoteField note={note} onNote={setNote} onEnter={() => onSave(note)} />
      </div>
    </Dialog>
  );
}
