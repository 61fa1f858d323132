"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import type { ChatParameters } from "@/lib/contract/protocol.ts";
import { api } from "@/lib/client/browser.ts";
import { useDraft } from "@/lib/client/draft.ts";
import { queries } from "@/lib/client/queries.ts";
import { streamRun } from "@/lib/client/run-stream.ts";
import {
  EMPTY_CONVERSATION,
  reduceConversation,
  toChatMessages,
  type Conversation,
  type ConversationAction,
  type Target,
} from "./conversation.ts";
import { startRun, type Run } from "./run.ts";

/** Whom to ask, and how. */
export interface Request {
  target: Target;
  systemPrompt: string;
  parameters: ChatParameters;
}

/** A page that is about to go away has gone, or has stayed, after this time. */
const LEAVING_MS = 10_000;

type Opening = Extract<ConversationAction, { answerId: string; target: Target }>;

/** Unique within a conversation. Not `crypto.randomUUID`, which browsers keep from plain-http pages beyond localhost. */
const createId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

/**
 * The conversation of this tab and everything that can happen to it. It survives a reload; an answer that was being
 * written then is labelled. At most one answer is written at a time.
 */
export function useConversation() {
  const [conversation, setConversation] = useDraft<Conversation>(
    "playground:conversation",
    EMPTY_CONVERSATION,
  );
  const run = useRef<Run | null>(null);
  const leavingSince = useRef(-Infinity);
  const queryClient = useQueryClient();

  const dispatch = useCallback(
    (action: ConversationAction) => {
      // Browsers cut the connections of a page they are about to leave, before they tell it.
      const isLeaving = Date.now() - leavingSince.current < LEAVING_MS;
      const isCut = action.type === "fail" && action.error.code === "console_unreachable" && isLeaving;
      const happened: ConversationAction = isCut ? { type: "interrupt", by: "reload" } : action;
      setConversation((previous) => reduceConversation(previous, happened));
      // The badge of a plugin that failed may have changed, and so may our session.
      if (action.type === "fail")
        void queryClient.invalidateQueries({ queryKey: queries(api).plugins.queryKey });
    },
    [setConversation, queryClient],
  );

  useEffect(() => {
    // Nothing runs yet: what the draft calls running was cut off when the page went away.
    dispatch({ type: "interrupt", by: "reload" });
    const interrupt = (by: "reload" | "leaving") => run.current?.end({ type: "interrupt", by });
    const onPageHide = () => interrupt("reload");
    const onBeforeUnload = () => {
      leavingSince.current = Date.now();
    };
    window.addEventListener("beforeunload", onBeforeUnload);
    window.addEventListener("pagehide", onPageHide);
    return () => {
      window.removeEventListener("beforeunload", onBeforeUnload);
      window.removeEventListener("pagehide", onPageHide);
      interrupt("leaving");
    };
  }, [dispatch]);

  function begin(opening: Opening, { target, systemPrompt, parameters }: Request) {
    const next = reduceConversation(conversation, opening);
    if (next === conversation) return;
    setConversation(next);
    const request = {
      panes: [{ pluginId: target.pluginId, model: target.model, parameters }],
      messages: toChatMessages(next, systemPrompt, target),
      mode: "parallel" as const,
    };
    run.current = startRun(opening.answerId, (signal) => streamRun(request, signal), dispatch);
  }

  const stop = useCallback(() => run.current?.end({ type: "stop" }), []);

  return {
    conversation,
    ask: (content: string, request: Request) =>
      begin(
        { type: "ask", questionId: createId(), content, answerId: createId(), target: request.target },
        request,
      ),
    edit: (questionId: string, content: string, request: Request) =>
      begin({ type: "edit", questionId, content, answerId: createId(), target: request.target }, request),
    answerAgain: (request: Request) =>
      begin({ type: "answerAgain", answerId: createId(), target: request.target }, request),
    stop,
    /** Ends what is being written and puts another conversation in its place: to clear, and to undo. */
    replace(other: Conversation) {
      stop();
      setConversation(other);
    },
  };
}
