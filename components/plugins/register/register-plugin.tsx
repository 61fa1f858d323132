"use client";

import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { CodeEditorHandle } from "@/components/editor/code-editor.tsx";
import type { Finding } from "@/lib/contract/manifest.ts";
import { BuiltinChoices } from "./builtin-choices.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { FetchedManifest } from "./fetched-manifest.tsx";
import { useFileDrop } from "./file-drop.ts";
import { readManifestFile } from "./manifest-file.ts";
import { PreviewPanel } from "./preview-panel.tsx";
import { SourceField, type FileNotice } from "./source-field.tsx";
import { FolderHint } from "./folder-hint.tsx";
import { useRegistration } from "./use-registration.ts";

/** One field for everything a plugin can be registered from, and beside it what was understood. */
export function RegisterPlugin() {
  const registration = useRegistration();
  const { draft, reading, preview, change, choose, replaceText } = registration;
  const source = useRef<CodeEditorHandle>(null);
  const fetched = useRef<CodeEditorHandle>(null);
  const [notice, setNotice] = useState<FileNotice | null>(null);
  const [line, setLine] = useState<number | null>(null);
  const fetchedText = reading.kind === "address" ? preview.data?.preview.manifestText : null;

  async function take(files: readonly File[]) {
    const [file] = files;
    if (!file) return;
    const read = await readManifestFile(file);
    setLine(null);
    if ("problem" in read) return setNotice({ tone: "bad", text: read.problem });
    const text = `${files.length} files were dropped; this is ${file.name}. Register one at a time.`;
    setNotice(files.length > 1 ? { tone: "info", text } : null);
    replaceText(read.text);
  }
  const hovering = useFileDrop((files) => void take(files));

  function pick({ line: at, column }: Finding) {
    if (at === undefined) return;
    // The text has to be on the screen before a place in it can be shown.
    if (draft.view === "form") flushSync(() => change({ view: "text" }));
    (fetched.current ?? source.current)?.reveal(at, column ?? 1);
  }

  return (
    <>
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-5">
          <SourceField
            ref={source}
            registration={registration}
            notice={notice}
            onFile={(file) => void take([file])}
            onType={(text) => {
              setNotice(null);
              change({ text, builtin: null, preset: null, name: null });
            }}
            onLine={setLine}
          />
          {fetchedText == null ? null : (
            <FetchedManifest
              ref={fetched}
              text={fetchedText}
              findings={preview.data?.preview.findings ?? []}
              onLine={setLine}
              onEdit={() => {
                replaceText(fetchedText);
                source.current?.focus();
              }}
            />
          )}
          {reading.kind === "empty" ? (
            <BuiltinChoices
              chosen={
                draft.builtin === null ? null : { builtin: draft.builtin, preset: draft.preset ?? null }
              }
              onChoose={choose}
            />
          ) : null}
          <FolderHint />
        </div>
        <PreviewPanel registration={registration} currentLine={line} onPick={pick} />
      </div>
      {hovering ? <DropOverlay /> : null}
    </>
  );
}
