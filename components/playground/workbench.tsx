"use client";

import { useEffect, useRef, useState } from "react";
import { cn } from "@/components/ui/class-names.ts";
import { PageHeader } from "@/components/ui/page-header.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { useDraft } from "@/lib/client/draft.ts";
import { Announcer } from "./announcer.tsx";
import { Composer } from "./composer.tsx";
import {
  countCarriedOver,
  EMPTY_CONVERSATION,
  findLastAnswer,
  findRunningAnswer,
  type Conversation,
} from "./conversation.ts";
import { EarlierNotice } from "./earlier-notice.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { PAGE } from "./layout.ts";
import { NoPlugin } from "./no-plugin.tsx";
import { Pane } from "./pane.tsx";
import { EMPTY_SETTINGS, readParameters } from "./parameters.ts";
import { PlaygroundHeader } from "./playground-header.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { useConversation, type Request } from "./use-conversation.ts";
import { isWriting, useShortcuts } from "./use-shortcuts.ts";
import { useTarget } from "./use-target.ts";

const SETTINGS_ID = "playground-settings";

/** Panes with conversations (one, for now), the composer for all of them, and their settings. */
export function Workbench({ plugins }: { plugins: readonly PluginSummary[] }) {
  const target = useTarget(plugins);
  const talk = useConversation();
  const [settings, setSettings] = useDraft("playground:settings", EMPTY_SETTINGS);
  const [showSettings, setShowSettings] = useState(false);
  const [showHelp, setShowHelp] = useState(false);
  const composer = useRef<HTMLTextAreaElement>(null);
  const [taken, setTaken] = useState<{ title: string; before: Conversation } | null>(null);
  useEffect(() => {
    // Not where that would open a keyboard over the page, and not away from where somebody writes already.
    if (matchMedia("(pointer: fine)").matches && !isWriting(document.activeElement))
      composer.current?.focus();
  }, []);
  useShortcuts({ onEscape: talk.stop, onHelp: () => setShowHelp(true) });

  const { conversation } = talk;
  const { parameters, errors } = readParameters(settings);
  const running = findRunningAnswer(conversation) !== null;
  const isEmpty = conversation.messages.length === 0;
  const carriedOver = target.plugin ? countCarriedOver(conversation, target.plugin.id) : 0;
  const addressee = readAddressee(target, Object.keys(errors).length > 0);
  const ready: Request | null =
    "blocked" in addressee || running
      ? null
      : { target: addressee, systemPrompt: settings.systemPrompt, parameters };

  function ask(content: string, request: Request) {
    talk.ask(content, request);
    setTaken(null);
  }

  function clear() {
    talk.replace(EMPTY_CONVERSATION);
    setTaken({ title: "Conversation cleared", before: conversation });
    composer.current?.focus();
  }

  function edit(questionId: string, content: string, request: Request) {
    const isLast = conversation.messages.at(-2)?.id === questionId;
    talk.edit(questionId, content, request);
    setTaken(isLast ? null : { title: "Later messages were replaced", before: conversation });
  }

  function undo({ before }: { before: Conversation }) {
    talk.replace(before);
    setTaken(null);
    composer.current?.focus();
  }

  if (isEmpty && !taken && plugins.every(({ desired }) => desired === "disabled")) {
    return (
      <>
        <PageHeader title="Playground" />
        <NoPlugin registered={plugins.length} />
      </>
    );
  }
  return (
    <div className={PAGE}>
      <PlaygroundHeader
        onClear={isEmpty ? undefined : clear}
        onHelp={() => setShowHelp(true)}
        settings={{
          id: SETTINGS_ID,
          open: showSettings,
          onToggle: () => setShowSettings(!showSettings),
        }}
      />
      <div className="flex min-h-0 flex-1 flex-col gap-4 lg:flex-row-reverse">
        <aside
          id={SETTINGS_ID}
          aria-label="Settings"
          className={cn(
            "relative max-h-1/2 shrink-0 overflow-y-auto rounded-lg border border-line bg-surface p-4 lg:block lg:max-h-none lg:w-72",
            showSettings ? "" : "hidden",
          )}
        >
          <SettingsPanel settings={settings} errors={errors} model={target.model} onChange={setSettings} />
        </aside>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-3">
          <Pane
            plugins={plugins}
            target={target}
            conversation={conversation}
            undo={
              taken && {
                title: taken.title,
                onUndo: () => undo(taken),
                onDismiss: () => setTaken(null),
              }
            }
            onAsk={ready ? (content) => ask(content, ready) : undefined}
            onEdit={ready ? (questionId, content) => edit(questionId, content, ready) : undefined}
            onAgain={ready ? () => talk.answerAgain(ready) : undefined}
          />
          {target.plugin && carriedOver > 0 ? (
            <EarlierNotice count={carriedOver} plugin={target.plugin.name} onStartAnew={clear} />
          ) : null}
          <Composer
            ref={composer}
            running={running}
            blocked={"blocked" in addressee ? addressee.blocked : null}
            onSend={(content) => ready && ask(content, ready)}
            onStop={talk.stop}
          />
        </div>
      </div>
      <Announcer answer={findLastAnswer(conversation)} />
      <HelpDialog open={showHelp} onOpenChange={setShowHelp} />
    </div>
  );
}

/** Who would be asked; or why nobody can be, as a sentence that says what to do. */
function readAddressee({ plugin, modelId }: ReturnType<typeof useTarget>, hasErrors: boolean) {
  if (!plugin) return { blocked: "Choose a plugin first." };
  if (plugin.desired === "disabled") return { blocked: `Enable ${plugin.name} first.` };
  if (modelId === "") return { blocked: "Choose a model, or type its id." };
  if (hasErrors) return { blocked: "Mend the settings first: one of them is not allowed." };
  return { pluginId: plugin.id, pluginName: plugin.name, model: modelId };
}
