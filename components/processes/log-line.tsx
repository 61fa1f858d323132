import { memo } from "react";
import { formatClock } from "@/components/ui/time.ts";
import type { LogLine as Line } from "@/lib/contract/process.ts";
import { readAnsi } from "./ansi.ts";

const STREAMS: Record<Line["stream"], { word: string; look: string }> = {
  stdout: { word: "out", look: "text-faint" },
  stderr: { word: "err", look: "text-warn" },
  console: { word: "loom", look: "text-accent" },
};

/** One line: when, from where, what. Off-screen lines cost the browser nothing (`content-visibility`). */
export const LogLine = memo(function LogLine({ line, wrap }: { line: Line; wrap: boolean }) {
  const { word, look } = STREAMS[line.stream];
  return (
    <li
      id={`line-${line.seq}`}
      className="flex gap-2.5 px-4 leading-6 [contain-intrinsic-size:auto_1.5rem] [content-visibility:auto] target:bg-accent-soft hover:bg-sunken"
    >
      <a
        href={`#line-${line.seq}`}
        className="figures shrink-0 text-faint no-underline hover:underline"
        title={line.at}
      >
        {formatClock(line.at)}
      </a>
      <span className={`w-8 shrink-0 ${look}`}>{word}</span>
      <span className={wrap ? "min-w-0 whitespace-pre-wrap wrap-anywhere" : "whitespace-pre"}>
        {line.stream === "console" ? (
          <span className="text-muted italic">{line.text}</span>
        ) : (
          readAnsi(line.text).map(({ text, look: colour }, index) => (
            <span key={index} className={colour}>
              {text}
            </span>
          ))
        )}
        {line.cut ? <span className="text-faint"> … cut at 16 KB</span> : null}
      </span>
    </li>
  );
});
