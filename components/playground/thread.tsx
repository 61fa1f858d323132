"use client";

import { ArrowDown } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { AnswerView } from "./answer-view.tsx";
import { findLastAnswer, isRunning, type Conversation } from "./conversation.ts";
import { QuestionView } from "./question-view.tsx";
import { useFollow } from "./use-follow.ts";

/** Everything said so far, in a box that follows its end. `onEdit` and `onAgain` are absent while nothing can be sent. */
export function Thread({
  conversation,
  empty,
  onEdit,
  onAgain,
}: {
  conversation: Conversation;
  empty: ReactNode;
  onEdit: ((questionId: string, content: string) => void) | undefined;
  onAgain: (() => void) | undefined;
}) {
  const lastId = findLastAnswer(conversation)?.id;
  const { box, content, atEnd, toEnd } = useFollow(lastId !== undefined);

  // A new answer was asked for just now: its reader wants to see it, wherever they were.
  useEffect(() => {
    if (lastId !== undefined) toEnd();
  }, [lastId, toEnd]);

  return (
    <div className="relative min-h-0 flex-1">
      {/* Positioned, or words for screen readers only, which are absolute, would stretch the page instead of scrolling in here. */}
      <div
        ref={box}
        role="region"
        aria-label="Conversation"
        tabIndex={0}
        className="relative h-full overflow-y-auto overscroll-contain"
      >
        <div ref={content} className="mx-auto flex max-w-3xl flex-col gap-5 px-4 py-5">
          {conversation.messages.length === 0
            ? empty
            : conversation.messages.map((message) =>
                message.role === "user" ? (
                  <QuestionView
                    key={message.id}
                    question={message}
                    onEdit={onEdit && ((text) => onEdit(message.id, text))}
                  />
                ) : (
                  <AnswerView
                    key={message.id}
                    answer={message}
                    onAgain={message.id === lastId && !isRunning(message) ? onAgain : undefined}
                  />
                ),
              )}
        </div>
      </div>
      {atEnd ? null : (
        <Button
          size="sm"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-float"
          icon={<ArrowDown aria-hidden />}
          onClick={toEnd}
        >
          Jump to latest
        </Button>
      )}
    </div>
  );
}
