"use client";

import { FileUp, Search } from "lucide-react";
import { useRef, useState, type ChangeEvent, type KeyboardEvent, type Ref } from "react";
import type { CodeEditorHandle } from "@/components/editor/code-editor.tsx";
import { EditorHint } from "@/components/editor/editor-hint.tsx";
import { MANIFEST_EXAMPLE } from "@/components/manifest/manifest-example.ts";
import { Button } from "@/components/ui/button.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { ViewTabs } from "@/components/ui/view-tabs.tsx";
import { useIsDocument } from "./source-document.ts";
import { SourceReading } from "./source-reading.tsx";
import { SourceText } from "./source-text.tsx";
import type { useRegistration } from "./use-registration.ts";

/** What happened to the last file: refused, or taken with something to say. */
export interface FileNotice {
  tone: "bad" | "info";
  text: string;
}

const toLabel = (asDocument: boolean) => (asDocument ? "Manifest" : "Where is the plugin?");
const HINT = "The address of a running plugin, the address of its manifest, or the manifest itself.";
const panelId = (view: "text" | "form") => `source-${view}`;

/** The one field: type, paste, choose or drop. */
export function SourceField({
  ref,
  registration,
  notice,
  onFile,
  onType,
  onLine,
}: {
  ref: Ref<CodeEditorHandle>;
  registration: ReturnType<typeof useRegistration>;
  notice: FileNotice | null;
  onFile: (file: File) => void;
  onType: (text: string) => void;
  onLine: (line: number) => void;
}) {
  const { draft, reading, check } = registration;
  const [tabIndents, setTabIndents] = useState(false);
  const asDocument = useIsDocument(reading);
  const isJson = draft.text.trimStart().startsWith("{");

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || reading.kind !== "address") return;
    event.preventDefault();
    check();
  }

  return (
    <Panel>
      <div className="flex flex-col gap-3">
        <Field
          label={toLabel(asDocument)}
          hint={notice?.tone === "info" ? notice.text : asDocument ? null : HINT}
          error={notice?.tone === "bad" ? notice.text : null}
          trailing={
            asDocument ? (
              <ViewTabs
                label="Show the manifest as"
                views={[
                  { value: "text", label: isJson ? "JSON" : "YAML" },
                  { value: "form", label: "Form" },
                ]}
                value={draft.view}
                onChange={(view) => registration.change({ view })}
                panelId={panelId}
              />
            ) : null
          }
        >
          {(aria) => (
            <SourceText
              ref={ref}
              aria={aria}
              registration={registration}
              label={toLabel(asDocument)}
              asDocument={asDocument}
              panelId={panelId}
              tabIndents={tabIndents}
              language={isJson ? "json" : "yaml"}
              onType={onType}
              onLine={onLine}
              onKeyDown={onKeyDown}
            />
          )}
        </Field>
        {asDocument && draft.view === "text" ? (
          <EditorHint completes tabIndents={tabIndents} onTabIndents={setTabIndents} />
        ) : null}
        <Buttons registration={registration} onFile={onFile} />
        <SourceReading reading={reading} onChange={(of) => registration.change({ of })} />
      </div>
    </Panel>
  );
}

function Buttons({
  registration,
  onFile,
}: {
  registration: ReturnType<typeof useRegistration>;
  onFile: (file: File) => void;
}) {
  const { draft, reading, preview, check, clear, replaceText } = registration;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {reading.kind === "address" ? (
        <>
          <Button
            variant="primary"
            icon={<Search aria-hidden />}
            loading={preview.isFetching}
            onClick={check}
          >
            Check
          </Button>
          <span className="hidden text-sm text-muted sm:inline">
            or <Kbd>Enter</Kbd>
          </span>
        </>
      ) : (
        <FileButton onFile={onFile} />
      )}
      {draft.text === "" ? (
        <>
          <Button variant="ghost" onClick={() => replaceText(MANIFEST_EXAMPLE)}>
            Start from an example
          </Button>
          <span className="text-sm text-muted max-sm:hidden">or drop a file anywhere on this page</span>
        </>
      ) : (
        <Button variant="ghost" onClick={clear}>
          Clear
        </Button>
      )}
    </div>
  );
}

function FileButton({ onFile }: { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  function onChange(event: ChangeEvent<HTMLInputElement>) {
    const file = event.target.files?.[0];
    if (file) onFile(file);
    // Choosing the same file again, corrected, has to be a change.
    event.target.value = "";
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,.json"
        aria-label="Manifest file"
        hidden
        onChange={onChange}
      />
      <Button icon={<FileUp aria-hidden />} onClick={() => input.current?.click()}>
        Choose a file
      </Button>
    </>
  );
}
