"use client";

import { ArrowDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import type { LogLine as Line } from "@/lib/contract/process.ts";
import { LogLine } from "./log-line.tsx";

/** So close to the end counts as being there, px. */
const NEAR = 40;

/** The lines in a box of their own. It stays at the end while the reader is at its end, and nowhere else. */
export function LogLines({ lines, wrap, follow }: { lines: Line[]; wrap: boolean; follow: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const lastTop = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  useEffect(() => {
    const [element, content] = [box.current, list.current];
    if (!element || !content || !follow || !atEnd) return;
    const goToEnd = () => (element.scrollTop = element.scrollHeight);
    // Lines out of sight have an estimated height: the end moves once more when they are drawn.
    const observer = new ResizeObserver(goToEnd);
    observer.observe(content);
    goToEnd();
    return () => observer.disconnect();
  }, [lines, follow, atEnd, wrap]);

  function onScroll({ scrollTop, clientHeight, scrollHeight }: HTMLElement) {
    const isUp = scrollTop < lastTop.current;
    lastTop.current = scrollTop;
    // Only a reader goes up; the end running away downwards is not a scroll by a person.
    if (scrollHeight - scrollTop - clientHeight < NEAR) setAtEnd(true);
    else if (isUp) setAtEnd(false);
  }

  return (
    <div className="relative">
      <div
        ref={box}
        role="log"
        aria-label="Output of the process"
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget }) => onScroll(currentTarget)}
        className="h-[min(70dvh,44rem)] overflow-auto py-2 font-mono text-sm -outline-offset-2"
      >
        <ol ref={list}>
          {lines.map((line) => (
            <LogLine key={line.seq} line={line} wrap={wrap} />
          ))}
        </ol>
      </div>
      {atEnd ? null : (
        <Button
          size="sm"
          className="absolute right-4 bottom-3 shadow-float"
          icon={<ArrowDown aria-hidden />}
          onClick={() => setAtEnd(true)}
        >
          Newest
        </Button>
      )}
    </div>
  );
}
