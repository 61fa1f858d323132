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
  const [atEnd, setAtEnd] = useState(true);

  useEffect(() => {
    const element = box.current;
    if (element && follow && atEnd) element.scrollTop = element.scrollHeight;
  }, [lines, follow, atEnd, wrap]);

  return (
    <div className="relative">
      <div
        ref={box}
        role="log"
        aria-label="Output of the process"
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR)
        }
        className="h-[min(70dvh,44rem)] overflow-auto py-2 font-mono text-sm -outline-offset-2"
      >
        <ol>
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
