"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState, type ClipboardEvent } from "react";
import { IconButton } from "../../ui/button.tsx";
import type { FieldAria } from "../../ui/field.tsx";
import { Input, Textarea } from "../../ui/input.tsx";

/** A new value for a secret. Hidden until asked; keeps the line breaks of a pasted key. */
export function SecretInput({
  aria,
  text,
  autoFocus,
  onChange,
  onBlur,
}: {
  aria: FieldAria;
  text: string;
  autoFocus: boolean;
  onChange: (text: string) => void;
  onBlur: () => void;
}) {
  const [shown, setShown] = useState(false);
  const shared = {
    ...aria,
    mono: true,
    value: text,
    autoFocus,
    // The one value that keeps password managers from offering the visitor's own password.
    autoComplete: "new-password",
    spellCheck: false,
    onBlur,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };

  // An <input> would silently drop line breaks, and half a PEM key is no key.
  function onPaste(event: ClipboardEvent) {
    const pasted = event.clipboardData.getData("text");
    if (!pasted.trim().includes("\n")) return;
    event.preventDefault();
    onChange(pasted);
  }

  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <div className="flex items-start gap-1">
        {text.includes("\n") ? (
          <Textarea {...shared} rows={4} className={shown ? "" : "[-webkit-text-security:disc]"} />
        ) : (
          <Input {...shared} type={shown ? "text" : "password"} onPaste={onPaste} />
        )}
        <IconButton
          label={shown ? "Hide what I typed" : "Show what I typed"}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        </IconButton>
      </div>
      {text !== text.trim() ? (
        <p className="text-sm text-warn">
          It begins or ends with a space or line break, and is saved that way. Remove it unless it belongs to
          the secret.
        </p>
      ) : null}
    </div>
  );
}
