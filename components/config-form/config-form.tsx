"use client";

import {
  lazy,
  Suspense,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  type ReactNode,
  type Ref,
  type RefObject,
} from "react";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { CodeEditorHandle } from "../editor/code-editor.tsx";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ConfigActions, type ConfigEditing } from "./config-actions.tsx";
import { ConfigNotice } from "./config-notice.tsx";
import { ConfigTabs, toTabId } from "./config-tabs.tsx";
import { useConfigView } from "./config-view.ts";
import { focusFirst, toFieldHash } from "./fields/field-link.ts";
import { FieldList } from "./field-list.tsx";
import { LeftBehindNotice } from "./secret/left-behind.tsx";
import { Notice } from "./notice.tsx";
import { TEXT_WORDS, type TextDrafts } from "./text/text-drafts.ts";
import type { Place } from "./text/text-reading.ts";
import { useLeftBehind } from "./secret/use-left-behind.ts";
import { useConfigForm, type ConfigFormState } from "./use-config-form.ts";

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
              <Notice
                tone="warn"
                action={
                  <span className="flex gap-2">
                    <Button size="sm" onClick={() => showBroken(broken)}>
                      Go to the {TEXT_WORDS[broken.language]}
                    </Button>
                    <Button size="sm" variant="ghost" onClick={forgetTexts}>
                      Drop the text
                    </Button>
                  </span>
                }
              >
                <p>
                  The {TEXT_WORDS[broken.language]} text must be readable first: {broken.message}
                </p>
                <p className="text-sm text-muted">Below is the draft as it was last readable.</p>
              </Notice>
            ) : null}
          </div>
        ) : null}
        {view === "form" ? (
          <FormView {...props} state={state} locked={broken !== null} takeGoal={() => take(fieldGoal)} />
        ) : null}
        <Suspense fallback={<ViewSkeleton />}>
          {view === "yaml" || view === "json" ? (
            <TextNotice config={config} state={state} onForm={() => void setView("form")} />
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

function FormView({
  config,
  mayWrite,
  state,
  locked,
  takeGoal,
}: ConfigFormProps & {
  state: ConfigFormState;
  locked: boolean;
  /** Asked once, when the form is opened, for the fields to lead to; null for none. */
  takeGoal: () => string[] | null;
}) {
  const arrive = useEffectEvent(() => focusFirst(takeGoal() ?? []));
  useEffect(() => arrive(), []);
  // A link to a field (`#config-…`) leads into it.
  useEffect(() => {
    const open = () => {
      const field = config.schema.find(({ name }) => isTarget(name));
      if (field) focusFirst([field.name]);
    };
    open();
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, [config.schema]);
  return (
    <Locked disabled={!mayWrite || locked}>
      <form
        method="post"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void state.submit();
        }}
      >
        <div className="flex flex-col gap-6 p-4 *:max-w-2xl">
          <FieldList config={config} control={state.form.control} retype={state.retype} />
        </div>
      </form>
    </Locked>
  );
}

/** A text holds no secrets: what its address leaves behind is entered in the form. */
function TextNotice({
  config,
  state,
  onForm,
}: {
  config: PluginConfig;
  state: ConfigFormState;
  onForm: () => void;
}) {
  const left = useLeftBehind(config, state.form.control);
  return left ? (
    <div className="px-4 pt-4">
      <LeftBehindNotice left={left} onFix={onForm} />
    </div>
  ) : null;
}

function take<T>(ref: RefObject<T | null>): T | null {
  const taken = ref.current;
  ref.current = null;
  return taken;
}

function describeBroken({ language, place }: NonNullable<TextDrafts["broken"]>): string {
  return `The ${TEXT_WORDS[language]} text cannot be read yet${place ? ` (line ${place.line})` : ""}`;
}

function isTarget(name: string): boolean {
  return window.location.hash === toFieldHash(name);
}

function Locked({ disabled, children }: { disabled: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className="sr-only">Fields</legend>
      {children}
    </fieldset>
  );
}

function ViewSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-3 p-4">
      <Skeleton className="h-5 w-48" />
      <Skeleton className="h-40" />
    </div>
  );
}
