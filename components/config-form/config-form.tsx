"use client";

import { lazy, Suspense, useRef, useState, type Ref, type RefObject } from "react";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { CodeEditorHandle } from "../editor/code-editor.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ConfigActions, type ConfigEditing } from "./config-actions.tsx";
import { ConfigNotice } from "./config-notice.tsx";
import { ConfigTabs, toTabId } from "./config-tabs.tsx";
import { useConfigView } from "./config-view.ts";
import { focusFirst } from "./fields/field-link.ts";
import { FormView } from "./form-view.tsx";
import type { TextDrafts } from "./text/text-drafts.ts";
import { BrokenTextNotice, describeBroken } from "./text/broken-text.tsx";
import { LeftBehindInText } from "./secret/left-behind-in-text.tsx";
import type { Place } from "./text/text-reading.ts";
import { useConfigForm } from "./use-config-form.ts";

// Fetched by who opens them: the form is what nearly everybody comes for.
const TextView = lazy(async () => ({ default: (await import("./text/text-view.tsx")).TextView }));
const ConfigHistory = lazy(async () => ({
  default: (await import("./history/config-history.tsx")).ConfigHistory,
}));
const EffectiveValues = lazy(async () => ({
  default: (await import("./effective-values.tsx")).EffectiveValues,
}));

interface ConfigFormProps {
  pluginId: string;
  config: PluginConfig;
  mayWrite: boolean;
  /** Offered after a save while the plugin is off. */
  onEnable: (() => void) | undefined;
  /** What was saved last was refused, and the plugin runs with the one before. */
  goesOn: boolean;
  /** Leads to why the plugin did not accept what was saved. */
  onReason: () => void;
  /** Told of every edit and save: what was said before them is old. */
  onEdit: () => void;
  /** Told when the page around had the form checked. */
  onCheck: () => void;
  editing?: Ref<ConfigEditing>;
}

/** A plugin's configuration: the form its schema asks for, the same as text, what it gets in the end, and what was saved before. */
export function ConfigForm(props: ConfigFormProps) {
  const { pluginId, config, mayWrite, onEnable, goesOn, onReason, onEdit, editing } = props;
  const [view, setView] = useConfigView();
  const [texts, setTexts] = useState<TextDrafts>({ generation: 0, broken: null, readable: {} });
  const [error, setError] = useState<Place | null>(null);
  const editor = useRef<CodeEditorHandle>(null);
  const fieldGoal = useRef<string[]>(null);
  const textGoal = useRef<Place>(null);
  const notice = useRef<HTMLDivElement>(null);
  const state = useConfigForm(pluginId, config, { show, onEdit });
  const { outcome, choose } = state;
  const { broken } = texts;
  const forgetTexts = () => setTexts({ generation: texts.generation + 1, broken: null, readable: {} });

  function discard() {
    forgetTexts();
    state.discard();
  }
  /** Leads to the first error of the text that is open, or else to the first of some fields. */
  function show(names: string[]) {
    // A text that was just left takes a moment to withdraw its error.
    if (error && editor.current) editor.current.reveal(error.line, error.column);
    else if (view === "form") focusFirst(names);
    else {
      fieldGoal.current = names;
      void setView("form");
    }
  }
  function showBroken({ language, place }: NonNullable<TextDrafts["broken"]>) {
    if (language === view) return editor.current?.reveal(place?.line ?? 1, place?.column ?? 1);
    textGoal.current = place;
    void setView(language);
  }
  function showDetails() {
    if (outcome?.kind === "saved" && outcome.applied === false) onReason();
    else notice.current?.scrollIntoView({ block: "center" });
  }
  return (
    <>
      <ConfigTabs view={view} onView={(next) => void setView(next)} />
      <div id="config-view" role="tabpanel" aria-labelledby={toTabId(view)} className="flex flex-col">
        {outcome || (broken && broken.language !== view) ? (
          <div ref={notice} className="flex flex-col gap-3 px-4 pt-4 empty:hidden">
            {outcome ? (
              <ConfigNotice outcome={outcome} schema={config.schema} onEnable={onEnable} onChoose={choose} />
            ) : null}
            {broken && broken.language !== view ? (
              <BrokenTextNotice broken={broken} onShow={() => showBroken(broken)} onDrop={forgetTexts} />
            ) : null}
          </div>
        ) : null}
        {view === "form" ? (
          <FormView
            config={config}
            mayWrite={mayWrite}
            state={state}
            locked={broken !== null}
            takeGoal={() => take(fieldGoal)}
          />
        ) : null}
        <Suspense fallback={<ViewSkeleton />}>
          {view === "yaml" || view === "json" ? (
            <LeftBehindInText config={config} state={state} onForm={() => void setView("form")} />
          ) : null}
          {view === "yaml" || view === "json" ? (
            <TextView
              key={`${view}-${texts.generation}`}
              language={view}
              config={config}
              form={state.form}
              texts={texts}
              onTexts={setTexts}
              onError={setError}
              editor={editor}
              takeGoal={() => take(textGoal)}
              readOnly={!mayWrite || (broken !== null && broken.language !== view)}
            />
          ) : null}
          {view === "effective" ? <EffectiveValues pluginId={pluginId} /> : null}
          {view === "history" ? (
            <ConfigHistory pluginId={pluginId} config={config} mayWrite={mayWrite} state={state} />
          ) : null}
        </Suspense>
      </div>
      {mayWrite ? (
        <ConfigActions
          pluginId={pluginId}
          config={config}
          state={state}
          obstacle={broken ? { text: describeBroken(broken), onShow: () => showBroken(broken) } : null}
          line={error?.line ?? null}
          isOff={onEnable !== undefined}
          goesOn={goesOn}
          editing={editing}
          onCheck={props.onCheck}
          onShow={show}
          onDetails={showDetails}
          onDiscard={discard}
        />
      ) : null}
    </>
  );
}

function take<T>(ref: RefObject<T | null>): T | null {
  const taken = ref.current;
  ref.current = null;
  return taken;
}

function ViewSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-3 p-4">
      <Skeleton className="h-5 w-48" />
      <Skeleton className="h-40" />
    </div>
  );
}
