"use client";

import { Info } from "lucide-react";
import { Component, memo, type ReactNode } from "react";
import { Markdown } from "./markdown.tsx";
import { PlainText } from "./plain-text.tsx";
import { useMarkdown } from "./use-markdown.ts";

/**
 * The text of an answer, formatted where that can be done without holding up the page. No text takes the conversation with it: what
 * cannot be drawn is shown as it is, with a word about it.
 */
export const AnswerText = memo(function AnswerText({ text, partial }: { text: string; partial: boolean }) {
  const markdown = useMarkdown(text, partial);
  if (markdown === null) return <PlainText text={text} />;
  const plain = (
    <>
      <p className="flex items-center gap-1.5 text-sm text-muted">
        <Info aria-hidden className="size-4 shrink-0" />
        Shown as plain text: it is too long or nested too deep to be formatted.
      </p>
      <PlainText text={text} />
    </>
  );
  if (markdown.tree === null) return plain;
  return (
    <DrawingBoundary fallback={plain}>
      <Markdown tree={markdown.tree} />
    </DrawingBoundary>
  );
});

/** Shows `fallback` in place of what throws while it is drawn. */
class DrawingBoundary extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
