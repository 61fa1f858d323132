import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { RunEvent, RunStats, SentReasoning } from "@/lib/contract/playground.ts";
import type { ChatMessage, ContentPart, ToolCall } from "@/lib/contract/protocol.ts";

/** Who answers. The name is kept beside the id so that an old answer can still say who gave it. */
export interface Target {
  pluginId: string;
  pluginName: string;
  model: string;
}

export interface Question {
  id: string;
  role: "user";
  content: string;
}

/**
 * `waiting` and `streaming` are running; the other four are final and keep whatever text had arrived.
 * `interrupted` means that nobody ended it on purpose: the page was reloaded or left.
 */
export type AnswerStatus = "waiting" | "streaming" | "done" | "stopped" | "interrupted" | "failed";

export interface Answer {
  id: string;
  role: "assistant";
  content: string;
  target: Target;
  status: AnswerStatus;
  interruptedBy: "reload" | "leaving" | null;
  finishReason: string | null;
  /** How the model came to its answer; absent when it did not say. */
  reasoning?: string;
  /** Its refusal, in its own words. */
  refusal?: string;
  /** What the model asks to be called; absent when it asks for nothing. */
  toolCalls?: readonly ToolCall[];
  images?: readonly ContentPart[];
  /** What its service wants to get back with the conversation. */
  sentReasoning?: SentReasoning;
  /** What was changed in the request, or tolerated to read the answer. */
  notes?: readonly string[];
  /** Null until the end, and after a stop: the server measures and we were gone by then. */
  stats: RunStats | null;
  error: ErrorInfo | null;
}

export type Message = Question | Answer;

/** Questions and answers in turn; every question is followed by exactly one answer, the newest. */
export interface Conversation {
  messages: readonly Message[];
}

export const EMPTY_CONVERSATION: Conversation = { messages: [] };

/** What the end of a run says about its answer. */
type Ending = Omit<Extract<RunEvent, { type: "done" }>, "type" | "pane">;

export type ConversationAction =
  | { type: "ask"; questionId: string; content: string; answerId: string; target: Target }
  /** Changes a question, drops everything after it and answers anew. */
  | { type: "edit"; questionId: string; content: string; answerId: string; target: Target }
  /** Answers the last question once more. */
  | { type: "answerAgain"; answerId: string; target: Target }
  | { type: "receive"; answerId: string; part: "content" | "reasoning" | "refusal"; text: string }
  | ({ type: "finish"; answerId: string } & Ending)
  | { type: "fail"; answerId: string; error: ErrorInfo; stats: RunStats | null }
  | { type: "stop" }
  | { type: "interrupt"; by: "reload" | "leaving" };

export function isRunning(answer: Answer): boolean {
  return answer.status === "waiting" || answer.status === "streaming";
}

/** The newest answer; only that one can be running. */
export function findLastAnswer({ messages }: Conversation): Answer | null {
  const last = messages.at(-1);
  return last?.role === "assistant" ? last : null;
}

export function findRunningAnswer(conversation: Conversation): Answer | null {
  const last = findLastAnswer(conversation);
  return last && isRunning(last) ? last : null;
}

/** The next conversation. Words for an answer that is no longer running change nothing: it was stopped or dropped meanwhile. */
export function reduceConversation(conversation: Conversation, action: ConversationAction): Conversation {
  const { messages } = conversation;
  switch (action.type) {
    case "ask": {
      const question: Question = { id: action.questionId, role: "user", content: action.content };
      return { messages: [...messages, question, createAnswer(action)] };
    }
    case "edit": {
      const index = messages.findIndex(({ id, role }) => id === action.questionId && role === "user");
      if (index < 0) return conversation;
      const question: Question = { id: action.questionId, role: "user", content: action.content };
      return { messages: [...messages.slice(0, index), question, createAnswer(action)] };
    }
    case "answerAgain": {
      const index = messages.findLastIndex(({ role }) => role === "user");
      return index < 0 ? conversation : { messages: [...messages.slice(0, index + 1), createAnswer(action)] };
    }
    case "receive":
      return changeRunning(conversation, action.answerId, (answer) => ({
        [action.part]: (answer[action.part] ?? "") + action.text,
        status: "streaming",
      }));
    case "finish": {
      const { type: _type, answerId, ...ending } = action;
      return changeRunning(conversation, answerId, () => ({ status: "done", ...withoutAbsent(ending) }));
    }
    case "fail":
      return changeRunning(conversation, action.answerId, () => ({
        status: "failed",
        error: action.error,
        stats: action.stats,
      }));
    case "stop":
      return changeRunning(conversation, null, () => ({ status: "stopped" }));
    case "interrupt":
      return changeRunning(conversation, null, () => ({ status: "interrupted", interruptedBy: action.by }));
  }
}

function withoutAbsent<T extends object>(value: T): Partial<Answer> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}

function createAnswer({ answerId, target }: { answerId: string; target: Target }): Answer {
  return {
    id: answerId,
    role: "assistant",
    content: "",
    target,
    status: "waiting",
    interruptedBy: null,
    finishReason: null,
    stats: null,
    error: null,
  };
}

/** Changes the running answer, and only if it is the one named; null names whichever is running. */
function changeRunning(
  conversation: Conversation,
  answerId: string | null,
  change: (answer: Answer) => Partial<Answer>,
): Conversation {
  const running = findRunningAnswer(conversation);
  if (!running || (answerId !== null && running.id !== answerId)) return conversation;
  return { messages: [...conversation.messages.slice(0, -1), { ...running, ...change(running) }] };
}

/**
 * What the plugin is told: the system prompt, then everything said so far. Partial answers count, for the reader saw them;
 * failed and empty ones do not. Reasoning goes back to the plugin and model that gave it in a field of its own, and to nobody else.
 */
export function toChatMessages(
  { messages }: Conversation,
  systemPrompt: string,
  target?: Pick<Target, "pluginId" | "model">,
): ChatMessage[] {
  const said = messages
    .filter((message) => message.role === "user" || (message.content !== "" && isKept(message)))
    .map((message): ChatMessage => {
      const { role, content } = message;
      const isOwn = role === "assistant" && isSameTarget(message.target, target);
      return isOwn ? ({ role, content, ...message.sentReasoning } as ChatMessage) : { role, content };
    });
  return systemPrompt.trim() === "" ? said : [{ role: "system", content: systemPrompt }, ...said];
}

/** How many messages of a talk with another plugin the next question would carry to this one; 0 once it has answered in it. */
export function countCarriedOver(conversation: Conversation, pluginId: string): number {
  const last = findLastAnswer(conversation);
  return last === null || last.target.pluginId === pluginId ? 0 : toChatMessages(conversation, "").length;
}

function isSameTarget(a: Target, b: Pick<Target, "pluginId" | "model"> | undefined): boolean {
  return a.pluginId === b?.pluginId && a.model === b.model;
}

function isKept({ status }: Answer): boolean {
  return status === "done" || status === "stopped" || status === "interrupted";
}
