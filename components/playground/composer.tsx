"use client";

import { ArrowUp, Square } from "lucide-react";
import type { Ref } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { useDraft } from "@/lib/client/draft.ts";
import { isSendKey } from "./send-key.ts";

/** Where messages are written. The text survives a reload; it can be written, but not sent, while an answer is running. */
export function Composer({
  ref,
  running,
  blocked,
  onSend,
  onStop,
}: {
  ref: Ref<HTMLTextAreaElement>;
  running: boolean;
  /** Why nothing can be sent; null when something can. */
  blocked: string | null;
  onSend: (content: string) => void;
  onStop: () => void;
}) {
  const [text, setText, clear] = useDraft("playground:composer", "");
  const ready = !running && blocked === null && text.trim() !== "";

  function send() {
    if (!ready) return;
    onSend(text);
    clear();
  }

  return (
    <form
      method="post"
      className="group rounded-lg border border-line-control bg-surface transition-colors focus-within:border-focus has-[textarea:focus-visible]:outline-2 has-[textarea:focus-visible]:outline-focus"
      onSubmit={(event) => {
        event.preventDefault();
        if (running) onStop();
        else send();
      }}
    >
      <textarea
        ref={ref}
        aria-label="Message"
        aria-describedby="composer-hint"
        placeholder="Write a message"
        rows={2}
        className="field-sizing-content block max-h-60 min-h-14 w-full resize-none bg-transparent px-3 py-2 outline-none placeholder:text-faint"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (!isSendKey(event.nativeEvent)) return;
          event.preventDefault();
          send();
        }}
      />
      <div className="flex items-center justify-between gap-3 py-1.5 pr-1.5 pl-3">
        <p id="composer-hint" className="min-w-0 text-xs wrap-anywhere text-muted">
          {blocked ?? (
            <span className="hidden sm:inline">
              <Kbd>Enter</Kbd> sends · <Kbd>Shift</Kbd> <Kbd>Enter</Kbd> new line
              {/* While somebody writes, it is a letter. */}
              <span className="group-has-[textarea:focus]:hidden">
                {" "}
                · <Kbd>?</Kbd> all keys
              </span>
            </span>
          )}
        </p>
        {/* One button, so that the focus stays where it is when sending turns into stopping. */}
        <Button
          type="submit"
          variant={running ? "secondary" : "primary"}
          disabled={!running && !ready}
          icon={running ? <Square aria-hidden className="scale-75 fill-current" /> : <ArrowUp aria-hidden />}
        >
          {running ? "Stop" : "Send"}
        </Button>
      </div>
    </form>
  );
}
