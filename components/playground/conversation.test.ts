import { describe, expect, it } from "vitest";
import type { RunStats } from "@/lib/contract/playground.ts";
import {
  countCarriedOver,
  EMPTY_CONVERSATION,
  findLastAnswer,
  findRunningAnswer,
  reduceConversation,
  toChatMessages,
  type Conversation,
  type ConversationAction,
} from "./conversation.ts";

const target = { pluginId: "p1", pluginName: "ELIZA", model: "eliza-1966" };
const stats: RunStats = {
  ttftMs: 12,
  totalMs: 100,
  promptTokens: 3,
  completionTokens: 5,
  tokensPerSecond: 50,
  costUsd: null,
  costEstimated: false,
};

const after = (actions: ConversationAction[], start: Conversation = EMPTY_CONVERSATION) =>
  actions.reduce(reduceConversation, start);

const ask = (n: number, content = `question ${n}`): ConversationAction => ({
  type: "ask",
  questionId: `q${n}`,
  content,
  answerId: `a${n}`,
  target,
});
const receive = (n: number, text: string): ConversationAction => ({
  type: "receive",
  part: "content",
  answerId: `a${n}`,
  text,
});
const finish = (n: number): ConversationAction => ({
  type: "finish",
  answerId: `a${n}`,
  finishReason: "stop",
  stats,
});
const fail = (n: number): ConversationAction => ({
  type: "fail",
  answerId: `a${n}`,
  error: { code: "plugin_timeout", message: "No word for 60 s" },
  stats: null,
});

const shape = ({ messages }: Conversation) =>
  messages.map((message) =>
    message.role === "user" ? message.content : `${message.status}: ${message.content}`,
  );

describe("asking", () => {
  it("adds the question and an answer that waits", () => {
    expect(shape(after([ask(1)]))).toEqual(["question 1", "waiting: "]);
  });

  it("collects the words and ends with the figures", () => {
    const done = after([ask(1), receive(1, "Hel"), receive(1, "lo"), finish(1)]);
    expect(shape(done)).toEqual(["question 1", "done: Hello"]);
    expect(findLastAnswer(done)).toMatchObject({ finishReason: "stop", stats, target });
  });

  it("is running from the question to the end", () => {
    expect(findRunningAnswer(EMPTY_CONVERSATION)).toBeNull();
    expect(findRunningAnswer(after([ask(1)]))?.id).toBe("a1");
    expect(findRunningAnswer(after([ask(1), receive(1, "x")]))?.id).toBe("a1");
    for (const end of [finish(1), fail(1), { type: "stop" } as const]) {
      expect(findRunningAnswer(after([ask(1), end]))).toBeNull();
    }
  });

  it("keeps what had arrived when it fails", () => {
    const failed = after([ask(1), receive(1, "Hel"), fail(1)]);
    expect(shape(failed)).toEqual(["question 1", "failed: Hel"]);
    expect(findLastAnswer(failed)?.error?.code).toBe("plugin_timeout");
  });
});

describe("stopping", () => {
  it("keeps the partial answer and says that it was stopped", () => {
    expect(shape(after([ask(1), receive(1, "Hel"), { type: "stop" }]))).toEqual([
      "question 1",
      "stopped: Hel",
    ]);
  });

  it("ignores everything that arrives afterwards", () => {
    const stopped = after([ask(1), receive(1, "Hel"), { type: "stop" }]);
    expect(after([receive(1, "lo"), finish(1), fail(1)], stopped)).toBe(stopped);
  });

  it("does nothing to a finished answer", () => {
    const done = after([ask(1), finish(1)]);
    expect(after([{ type: "stop" }, { type: "interrupt", by: "reload" }], done)).toBe(done);
  });

  it("labels an answer that a reload cut off", () => {
    const restored = after([ask(1), receive(1, "Hel"), { type: "interrupt", by: "reload" }]);
    expect(shape(restored)).toEqual(["question 1", "interrupted: Hel"]);
    expect(findLastAnswer(restored)?.interruptedBy).toBe("reload");
  });
});

describe("asking again", () => {
  const two = after([ask(1), receive(1, "one"), finish(1), ask(2), receive(2, "two"), finish(2)]);

  it("replaces the last answer and nothing else", () => {
    const again = after([{ type: "answerAgain", answerId: "a3", target }], two);
    expect(shape(again)).toEqual(["question 1", "done: one", "question 2", "waiting: "]);
  });

  it("asks whom it is told to ask", () => {
    const other = { ...target, model: "other" };
    const again = after([{ type: "answerAgain", answerId: "a3", target: other }], two);
    expect(findLastAnswer(again)?.target.model).toBe("other");
  });

  it("drops everything after an edited question", () => {
    const edited = after(
      [{ type: "edit", questionId: "q1", content: "better", answerId: "a3", target }],
      two,
    );
    expect(shape(edited)).toEqual(["better", "waiting: "]);
  });

  it("does nothing without a question to answer", () => {
    expect(after([{ type: "answerAgain", answerId: "a1", target }])).toBe(EMPTY_CONVERSATION);
    expect(after([{ type: "edit", questionId: "nobody", content: "x", answerId: "a3", target }], two)).toBe(
      two,
    );
  });

  it("ignores words of the answer it replaced", () => {
    const again = after([ask(1), { type: "answerAgain", answerId: "a2", target }]);
    expect(after([receive(1, "late")], again)).toBe(again);
  });
});

describe("what another plugin would be told", () => {
  it("counts what goes along to a plugin that has not answered last", () => {
    const talk = after([ask(1), receive(1, "Hello"), finish(1)]);
    expect(countCarriedOver(EMPTY_CONVERSATION, "p2")).toBe(0);
    expect(countCarriedOver(talk, "p1")).toBe(0);
    expect(countCarriedOver(talk, "p2")).toBe(2);
  });
});

describe("what the plugin is told", () => {
  it("begins with the system prompt, when there is one", () => {
    expect(toChatMessages(after([ask(1)]), "Be brief.")[0]).toEqual({ role: "system", content: "Be brief." });
    expect(toChatMessages(after([ask(1)]), "  \n")).toEqual([{ role: "user", content: "question 1" }]);
  });

  it("contains partial answers and leaves out failed and empty ones", () => {
    const conversation = after([
      ...[ask(1), receive(1, "partial"), { type: "stop" } as const],
      ...[ask(2), receive(2, "broken"), fail(2)],
      ...[ask(3), { type: "stop" } as const],
      ask(4),
    ]);
    expect(toChatMessages(conversation, "").map(({ content }) => content)).toEqual([
      "question 1",
      "partial",
      "question 2",
      "question 3",
      "question 4",
    ]);
  });
});
