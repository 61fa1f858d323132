"use client";

import type { ComponentProps } from "react";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import type { Conversation } from "./conversation.ts";
import { PANE } from "./layout.ts";
import { Starters } from "./starters.tsx";
import { TargetBar } from "./target-bar.tsx";
import { TargetNotice } from "./target-notice.tsx";
import { Thread } from "./thread.tsx";
import { UndoBar } from "./undo-bar.tsx";
import type { useTarget } from "./use-target.ts";

/** One conversation: who answers, what speaks against it, and everything said. The three ways to ask are absent while nothing can be sent. */
export function Pane({
  plugins,
  target,
  conversation,
  undo,
  onAsk,
  onEdit,
  onAgain,
}: {
  plugins: readonly PluginSummary[];
  target: ReturnType<typeof useTarget>;
  conversation: Conversation;
  /** What was taken away last; null once there is nothing to bring back. */
  undo: ComponentProps<typeof UndoBar> | null;
  onAsk: ((content: string) => void) | undefined;
  onEdit: ((questionId: string, content: string) => void) | undefined;
  onAgain: (() => void) | undefined;
}) {
  const { plugin } = target;
  return (
    <section aria-label={plugin ? `Chat with ${plugin.name}` : "Chat"} className={PANE}>
      <div className="border-b border-line p-2.5">
        <TargetBar
          plugins={plugins}
          plugin={plugin}
          models={target.models}
          modelId={target.modelId}
          onPlugin={target.choosePlugin}
          onModel={target.chooseModel}
        />
      </div>
      <TargetNotice plugin={plugin} missing={target.missing} />
      {undo ? <UndoBar {...undo} /> : null}
      <Thread
        conversation={conversation}
        empty={<Starters onPick={onAsk} />}
        onEdit={onEdit}
        onAgain={onAgain}
      />
    </section>
  );
}
