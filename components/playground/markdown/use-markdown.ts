"use client";

import { useEffect, useRef, useState } from "react";
import { parseOffThread, type MarkdownAnswer, type MarkdownJob } from "./markdown-parser.ts";

/**
 * The newest parsed state of a text that may still be written, null before the first. It lags behind the text: while one state is parsed,
 * those that come are passed over but for the last.
 */
export function useMarkdown(text: string, isPartial: boolean): MarkdownAnswer | null {
  const [answer, setAnswer] = useState<MarkdownAnswer | null>(null);
  const wanted = useRef<MarkdownJob | null>(null);
  const isRunning = useRef(false);

  useEffect(() => {
    wanted.current = { text, isPartial };
    if (isRunning.current) return;
    isRunning.current = true;
    void (async () => {
      for (let job = wanted.current; job; job = wanted.current) {
        wanted.current = null;
        setAnswer(await parseOffThread(job));
      }
      isRunning.current = false;
    })();
  }, [text, isPartial]);

  return answer;
}
