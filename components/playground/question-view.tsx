"use client";

import { Pencil } from "lucide-react";
import { useState, type KeyboardEvent } from "react";
import { Button, IconButton } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Textarea } from "@/components/ui/input.tsx";
import { isSendKey } from "./send-key.ts";
import type { Question } from "./conversation.ts";

/** One question of the reader. `onEdit` gets the new text; it is absent while nothing can be sent. */
export function QuestionView({
  question,
  onEdit,
}: {
  question: Question;
  onEdit?: ((content: string) => void) | undefined;
}) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <QuestionEditor
        content={question.content}
        onCancel={() => setEditing(false)}
        onSend={(content) => {
          setEditing(false);
          onEdit?.(content);
        }}
        canSend={onEdit !== undefined}
      />
    );
  }
  return (
    <article aria-label="Your message" className="flex items-start justify-end gap-1">
      <div className="flex shrink-0 pt-1">
        <CopyButton value={question.content} label="Copy message" />
        {onEdit ? (
          <IconButton label="Edit and send again" size="sm" onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
          </IconButton>
        ) : null}
      </div>
      <p className="max-w-[85%] min-w-0 rounded-lg bg-sunken px-3 py-2 whitespace-pre-wrap wrap-anywhere">
        {question.content}
      </p>
    </article>
  );
}

function QuestionEditor({
  content,
  onSend,
  onCancel,
  canSend,
}: {
  content: string;
  onSend: (content: string) => void;
  onCancel: () => void;
  canSend: boolean;
}) {
  const [text, setText] = useState(content);
  const ready = canSend && text.trim() !== "";

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") {
      // Escape would otherwise also stop an answer.
      event.preventDefault();
      onCancel();
    } else if (isSendKey(event.nativeEvent)) {
      event.preventDefault();
      if (ready) onSend(text);
    }
  }

  return (
    <form
      method="post"
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend(text);
      }}
    >
      <Textarea
        aria-label="Edit message"
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="mr-auto text-sm text-muted">Everything after this message is replaced.</p>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" variant="primary" type="submit" disabled={!ready}>
          Send again
        </Button>
      </div>
    </form>
  );
}
