"use client";

import { Download, Pause, Play, Search, WrapText } from "lucide-react";
import { Button, IconButton } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Input, Select } from "@/components/ui/input.tsx";
import { toAddress } from "@/lib/client/path.ts";
import { toPlainText } from "@/lib/core/terminal-text.ts";
import type { LogLine } from "@/lib/contract/process.ts";

export interface LogFilter {
  stream: LogLine["stream"] | null;
  text: string;
}

const STREAMS: ReadonlyArray<[value: LogLine["stream"] | "", label: string]> = [
  ["", "Everything"],
  ["stderr", "Errors (stderr)"],
  ["stdout", "Output (stdout)"],
  ["console", "Starts, ends, dropped lines"],
];

/** Search, filter, pause, wrap, copy, download. */
export function LogToolbar({
  pluginId,
  filter,
  onFilter,
  paused,
  waiting,
  onPause,
  wrap,
  onWrap,
  lines,
}: {
  pluginId: string;
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
  paused: boolean;
  waiting: number;
  onPause: (paused: boolean) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  lines: LogLine[];
}) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
      <span className="relative min-w-40 flex-1 basis-52">
        <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted" />
        <Input
          type="search"
          aria-label="Search the log"
          placeholder="Search everything kept"
          className="pl-8"
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        />
      </span>
      <Select
        aria-label="Which lines"
        className="max-w-44"
        value={filter.stream ?? ""}
        onChange={(event) =>
          onFilter({
            ...filter,
            stream: STREAMS.find(([value]) => value === event.target.value)?.[0] || null,
          })
        }
      >
        {STREAMS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <Button
        icon={paused ? <Play aria-hidden /> : <Pause aria-hidden />}
        aria-pressed={paused}
        onClick={() => onPause(!paused)}
      >
        {paused ? (waiting > 0 ? `${waiting} new` : "Resume") : "Pause"}
      </Button>
      <IconButton
        label={wrap ? "Do not wrap long lines" : "Wrap long lines"}
        aria-pressed={wrap}
        onClick={() => onWrap(!wrap)}
      >
        <WrapText aria-hidden className={wrap ? "text-accent" : ""} />
      </IconButton>
      <CopyButton label="Copy these lines" value={lines.map(({ text }) => toPlainText(text)).join("\n")} />
      <a
        href={toAddress(`/api/plugins/${encodeURIComponent(pluginId)}/logs?format=text`)}
        download
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-muted no-underline hover:bg-sunken hover:text-ink"
      >
        <Download aria-hidden className="size-4" />
        Download
      </a>
    </div>
  );
}
