"use client";

import dynamic from "next/dynamic";
import { useMemo, type KeyboardEvent, type Ref } from "react";
import { CodeEditor, type CodeEditorHandle } from "@/components/editor/code-editor.tsx";
import { Button } from "@/components/ui/button.tsx";
import type { FieldAria } from "@/components/ui/field.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { FindingList } from "../finding-list.tsx";
import type { useRegistration } from "./use-registration.ts";

const ManifestForm = dynamic(
  () => import("@/components/manifest/manifest-form.tsx").then((module) => module.ManifestForm),
  { ssr: false, loading: () => <Skeleton className="h-96" /> },
);

const loadCompletion = () =>
  import("@/components/manifest/manifest-completion.ts").then((module) => module.completeManifest);

/** An address in a plain field, a manifest in an editor or as a form. */
export function SourceText({
  ref,
  aria,
  registration,
  label,
  asDocument,
  panelId,
  tabIndents,
  language,
  onType,
  onLine,
  onKeyDown,
}: {
  ref: Ref<CodeEditorHandle>;
  aria: FieldAria;
  registration: ReturnType<typeof useRegistration>;
  label: string;
  asDocument: boolean;
  panelId: (view: "text" | "form") => string;
  tabIndents: boolean;
  language: "yaml" | "json";
  onType: (text: string) => void;
  onLine: (line: number) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { draft, preview } = registration;
  const previewed = preview.data;
  const findings = useMemo(
    () =>
      previewed?.text === undefined ? undefined : { text: previewed.text, list: previewed.preview.findings },
    [previewed],
  );
  const asForm = asDocument && draft.view === "form";
  const panel = (view: "text" | "form") =>
    asDocument
      ? ({ role: "tabpanel", id: panelId(view), "aria-label": view === "form" ? "Form" : "Text" } as const)
      : {};
  return (
    <>
      <div {...panel("text")} hidden={asForm}>
        <CodeEditor
          ref={ref}
          label={label}
          aria={aria}
          autoFocus
          plain={!asDocument}
          value={draft.text}
          language={language}
          findings={findings}
          loadCompletion={loadCompletion}
          tabIndents={tabIndents}
          placeholder="http://127.0.0.1:8090"
          onChange={onType}
          onLine={onLine}
          onKeyDown={onKeyDown}
          className="h-[min(32rem,70dvh)]"
        />
      </div>
      <div {...panel("form")} hidden={!asForm}>
        {asForm ? <FormView registration={registration} /> : null}
      </div>
    </>
  );
}

function FormView({ registration }: { registration: ReturnType<typeof useRegistration> }) {
  const { draft, form, preview, changeInForm, change } = registration;
  if (form.ready) {
    const findings = preview.data?.preview.findings ?? [];
    return <ManifestForm text={draft.text} findings={findings} onChange={changeInForm} />;
  }
  if (form.obstacle === null) return <Skeleton className="h-96" />;
  return (
    <div className="flex flex-col items-start gap-3 rounded-md border border-line bg-sunken p-4">
      <p className="font-medium">The text cannot be shown as a form yet</p>
      <FindingList findings={[form.obstacle]} />
      <Button size="sm" onClick={() => change({ view: "text" })}>
        Mend it in the text
      </Button>
    </div>
  );
}
