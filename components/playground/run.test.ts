import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/contract/error.ts";
import type { RunEvent, RunStats } from "@/lib/contract/playground.ts";
import {
  EMPTY_CONVERSATION,
  findLastAnswer,
  reduceConversation,
  type Conversation,
  type ConversationAction,
} from "./conversation.ts";
import { startRun } from "./run.ts";

const target = { pluginId: "p1", pluginName: "ELIZA", model: "m" };
const stats: RunStats = {
  ttftMs: 1,
  totalMs: 2,
  promptTokens: null,
  completionTokens: null,
  tokensPerSecond: null,
  costUsd: null,
  costEstimated: false,
};
const delta = (text: string): RunEvent => ({ type: "delta", pane: 0, text });

/** A conversation with one open question, driven by a run over `open`. */
function drive(open: (signal: AbortSignal) => AsyncIterable<RunEvent>) {
  const actions: ConversationAction[] = [];
  let conversation: Conversation = reduceConversation(EMPTY_CONVERSATION, {
    type: "ask",
    questionId: "q",
    content: "hi",
    answerId: "a",
    target,
  });
  const run = startRun("a", open, (action) => {
    actions.push(action);
    conversation = reduceConversation(conversation, action);
  });
  return { run, actions, answer: () => findLastAnswer(conversation) };
}

/** Yields `events`, then stays open until the caller leaves, as a quiet connection does. */
async function* thenSilence(events: RunEvent[], signal: AbortSignal) {
  yield* events;
  await new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("left", "AbortError")));
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("startRun", () => {
  it("collects the words and finishes with the figures", async () => {
    const { run, answer } = drive(async function* () {
      yield { type: "start", pane: 0, startedAt: "2026-01-01T00:00:00Z" };
      yield delta("Hel");
      yield delta("lo");
      yield { type: "done", pane: 0, finishReason: "stop", stats };
    });
    await run.finished;
    expect(answer()).toMatchObject({ status: "done", content: "Hello", finishReason: "stop", stats });
  });

  it("shows the first words at once and gathers the following", async () => {
    const { run, actions } = drive(async function* () {
      for (const text of ["a", "b", "c", "d"]) yield delta(text);
      yield { type: "done", pane: 0, finishReason: "stop", stats };
    });
    await run.finished;
    expect(actions.filter(({ type }) => type === "receive")).toEqual([
      { type: "receive", answerId: "a", part: "content", text: "a" },
      { type: "receive", answerId: "a", part: "content", text: "bcd" },
    ]);
  });

  it("shows gathered words without waiting for more", async () => {
    const { run, answer } = drive((signal) => thenSilence([delta("a"), delta("b")], signal));
    await expect.poll(() => answer()?.content).toBe("ab");
    run.end({ type: "stop" });
  });

  it("aborts the request on stop and loses none of the words received", async () => {
    let seen: AbortSignal | undefined;
    const { run, answer } = drive((signal) => {
      seen = signal;
      return thenSilence([delta("Hel"), delta("lo")], signal);
    });
    await settled();
    run.end({ type: "stop" });
    expect(seen?.aborted).toBe(true);
    await run.finished;
    expect(answer()).toMatchObject({ status: "stopped", content: "Hello", error: null });
  });

  it("keeps the first end", async () => {
    const { run, answer } = drive((signal) => thenSilence([delta("x")], signal));
    await settled();
    run.end({ type: "interrupt", by: "leaving" });
    run.end({ type: "stop" });
    await run.finished;
    expect(answer()).toMatchObject({ status: "interrupted", interruptedBy: "leaving" });
  });

  it("reports a plugin's error with the words so far", async () => {
    const { run, answer } = drive(async function* () {
      yield delta("Hel");
      yield { type: "error", pane: 0, error: { code: "plugin_stream_truncated", message: "cut" }, stats };
    });
    await run.finished;
    expect(answer()).toMatchObject({ status: "failed", content: "Hel", stats });
    expect(answer()?.error?.code).toBe("plugin_stream_truncated");
  });

  it("reports a console that cannot be reached", async () => {
    const { run, answer } = drive(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new AppError("plugin_unreachable", "gone", { hint: "start it" })),
      }),
    }));
    await run.finished;
    expect(answer()?.error).toMatchObject({ code: "plugin_unreachable", message: "gone", hint: "start it" });
  });
});
