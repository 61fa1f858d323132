import { toErrorInfo } from "@/components/ui/error-info.ts";
import type { RunEvent } from "@/lib/contract/playground.ts";
import type { ConversationAction } from "./conversation.ts";

/** Words that arrive within this time are shown together: quick enough to look like writing, slow enough to draw. */
const FLUSH_MS = 50;
/** Drawing takes time in proportion to the text so far: every so many characters the pause grows by 1 ms, up to the limit. */
const CHARACTERS_PER_MS = 200;
const LONGEST_FLUSH_MS = 400;

export interface Run {
  /** Aborts the request and labels the answer. Safe to call at any time, the first call wins. */
  end(how: { type: "stop" } | { type: "interrupt"; by: "reload" | "leaving" }): void;
  /** Resolves when nothing more will be dispatched; never rejects. */
  finished: Promise<void>;
}

/** Follows one run's events and turns them into changes of the answer `answerId`. */
export function startRun(
  answerId: string,
  open: (signal: AbortSignal) => AsyncIterable<RunEvent>,
  dispatch: (action: ConversationAction) => void,
): Run {
  const controller = new AbortController();
  const { signal } = controller;
  const buffers = {
    delta: createBuffer((text) => dispatch({ type: "receive", answerId, part: "content", text })),
    reasoning: createBuffer((text) => dispatch({ type: "receive", answerId, part: "reasoning", text })),
    refusal: createBuffer((text) => dispatch({ type: "receive", answerId, part: "refusal", text })),
  };
  const flush = () => Object.values(buffers).forEach((buffer) => buffer.flush());

  async function follow() {
    try {
      for await (const event of open(signal)) {
        if (signal.aborted) return;
        if ("text" in event) buffers[event.type].add(event.text);
        if (event.type === "done" || event.type === "error") flush();
        if (event.type === "done") {
          const { type: _type, pane: _pane, ...ending } = event;
          dispatch({ type: "finish", answerId, ...ending });
        }
        if (event.type === "error")
          dispatch({ type: "fail", answerId, error: event.error, stats: event.stats });
      }
    } catch (error) {
      if (signal.aborted) return;
      flush();
      dispatch({ type: "fail", answerId, error: toErrorInfo(error), stats: null });
    }
  }

  return {
    finished: follow(),
    end(how) {
      if (signal.aborted) return;
      flush();
      controller.abort();
      dispatch(how);
    },
  };
}

/** Gathers words and hands them on together; the first ones at once, for they are waited for. */
function createBuffer(release: (text: string) => void) {
  let gathered = "";
  let released = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === "") return;
    const text = gathered;
    gathered = "";
    released += text.length;
    release(text);
  }

  return {
    flush,
    add(text: string) {
      gathered += text;
      if (released === 0) return flush();
      timer ??= setTimeout(flush, Math.min(FLUSH_MS + released / CHARACTERS_PER_MS, LONGEST_FLUSH_MS));
    },
  };
}
