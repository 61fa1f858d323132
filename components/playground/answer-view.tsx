"use client";

import { useQuery } from "@tanstack/react-query";
import { Ban, CircleStop, Info, RefreshCw, Unplug } from "lucide-react";
import { lazy, Suspense, useDeferredValue } from "react";
import { ButtonLink, IconButton } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { ErrorCode } from "@/lib/contract/error.ts";
import { isRunning, type Answer } from "./conversation.ts";
import { toFailureLinks } from "./failure-links.ts";
import { AnswerImages } from "./answer-images.tsx";
import { PlainText } from "./markdown/plain-text.tsx";
import { Reasoning } from "./reasoning.tsx";
import { StatStrip } from "./stat-strip.tsx";
import { ToolCallList } from "./tool-call-list.tsx";

// Half of this page's code, and not needed before there is an answer to read.
const AnswerText = lazy(() =>
  import("./markdown/answer-text.tsx").then((module) => ({ default: module.AnswerText })),
);

/** One answer: who gave it, its text, how it ended and what it took. `onAgain` is absent while it must not be asked again. */
export function AnswerView({ answer, onAgain }: { answer: Answer; onAgain?: (() => void) | undefined }) {
  const { content, target, status, stats, error, finishReason } = answer;
  const running = isRunning(answer);
  // Drawing may lag behind the words, never the reader's typing and scrolling.
  const text = useDeferredValue(content);
  return (
    <article
      aria-label={`Answer of ${target.pluginName}`}
      aria-busy={running}
      className="flex flex-col gap-2"
    >
      <p className="flex flex-wrap gap-x-2 text-xs text-muted">
        <span className="font-medium text-ink">{target.pluginName}</span>
        <span className="font-mono wrap-anywhere">{target.model}</span>
      </p>
      {status === "waiting" ? <Waiting /> : null}
      {answer.reasoning ? <Reasoning text={answer.reasoning} running={running && content === ""} /> : null}
      {text === "" ? null : (
        <Suspense fallback={<PlainText text={text} />}>
          <AnswerText text={text} partial={status !== "done"} />
        </Suspense>
      )}
      {answer.refusal ? <Refusal text={answer.refusal} /> : null}
      {answer.images ? <AnswerImages images={answer.images} /> : null}
      {answer.toolCalls ? <ToolCallList calls={answer.toolCalls} /> : null}
      <EmptyEnd answer={answer} />
      <Ending answer={answer} />
      {answer.notes ? <Notes notes={answer.notes} /> : null}
      {error ? <ErrorNotice error={error} {...(onAgain ? { onRetry: onAgain } : {})} /> : null}
      {error ? <WaysOut code={error.code} pluginId={target.pluginId} /> : null}
      {running ? null : (
        <footer className="flex flex-wrap items-center gap-x-4 gap-y-1">
          {stats ? <StatStrip stats={stats} finishReason={finishReason} /> : null}
          <div className="-ml-1.5 flex">
            {content === "" ? null : <CopyButton value={content} label="Copy answer" />}
            {onAgain && !error ? (
              <IconButton label="Answer again" size="sm" onClick={onAgain}>
                <RefreshCw aria-hidden />
              </IconButton>
            ) : null}
          </div>
        </footer>
      )}
    </article>
  );
}

/** What there is to say about an answer without one. */
function EmptyEnd({ answer }: { answer: Answer }) {
  const { status, content, reasoning, refusal, toolCalls, images, finishReason } = answer;
  if (status !== "done" || content !== "" || refusal || toolCalls || images) return null;
  const isCut = Boolean(reasoning) && finishReason === "length";
  return (
    <p className="text-muted">
      {isCut
        ? "Thought until the token limit; raise max tokens."
        : "The plugin ended its answer without a word."}
    </p>
  );
}

function Refusal({ text }: { text: string }) {
  return (
    <p className="flex gap-2 rounded-md border border-line bg-sunken px-3 py-2">
      <Ban aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">
        <span className="font-medium">Refused: </span>
        {text}
      </span>
    </p>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  return (
    <ul aria-label="Notes" className="flex flex-col gap-0.5 text-xs text-muted">
      {notes.map((note) => (
        <li key={note} className="flex gap-1.5 wrap-anywhere">
          <Info aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {note}
        </li>
      ))}
    </ul>
  );
}

/** Where the failure may be mended; nothing once the plugin is gone. */
function WaysOut({ code, pluginId }: { code: ErrorCode; pluginId: string }) {
  const { data: plugins } = useQuery(queries(api).plugins);
  const plugin = plugins?.find(({ id }) => id === pluginId);
  const links = plugin ? toFailureLinks(code, plugin) : [];
  if (links.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {links.map(({ label, href }) => (
        <ButtonLink key={href} size="sm" href={href}>
          {label}
        </ButtonLink>
      ))}
    </div>
  );
}

function Waiting() {
  return (
    <p className="flex items-center gap-2 text-muted">
      <span aria-hidden className="size-2 animate-pulse-slow rounded-full bg-accent" />
      Waiting for the first word…
    </p>
  );
}

/** Why an answer is not whole, when that is nobody's fault. */
function Ending({ answer: { status, interruptedBy } }: { answer: Answer }) {
  if (status !== "stopped" && status !== "interrupted") return null;
  const Icon = status === "stopped" ? CircleStop : Unplug;
  return (
    <p className="flex items-center gap-1.5 text-sm text-idle">
      <Icon aria-hidden className="size-4" />
      {status === "stopped"
        ? "Stopped"
        : interruptedBy === "reload"
          ? "Interrupted by a reload"
          : "Interrupted when the page was left"}
    </p>
  );
}
