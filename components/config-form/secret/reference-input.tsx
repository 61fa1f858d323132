"use client";

import type { FieldAria } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";

/** Names the variable or file a secret lies in. The name is no secret; what it leads to is read by the server only. */
export function ReferenceInput({
  aria,
  text,
  onChange,
  onBlur,
}: {
  aria: FieldAria;
  text: string;
  onChange: (text: string) => void;
  onBlur: () => void;
}) {
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <Input
        {...aria}
        mono
        autoFocus
        value={text}
        placeholder="env:NAME or file:/absolute/path"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
      <p className="text-sm text-muted">
        A variable or file of the console’s own machine, read whenever the plugin is initialised: a variable
        that begins with <code>LOOM_SECRET_</code>, or what the operator lists in <code>LOOM_SECRET_ENV</code>{" "}
        and <code>LOOM_SECRET_FILES</code>.
      </p>
    </div>
  );
}
