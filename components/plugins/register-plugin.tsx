"use client";

import { useRef, useState } from "react";
import type { Finding } from "@/lib/contract/manifest.ts";
import { BuiltinChoices } from "./builtin-choices.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { useFileDrop } from "./file-drop.ts";
import { readManifestFile } from "./manifest-file.ts";
import { toOffset } from "./manifest-lines.ts";
import { PreviewPanel } from "./preview-panel.tsx";
import { SourceField } from "./source-field.tsx";
import { useRegistration } from "./use-registration.ts";

/** One field for everything a plugin can be registered from, and beside it what was understood. */
export function RegisterPlugin() {
  const registration = useRegistration();
  const field = useRef<HTMLTextAreaElement>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function take(file: File) {
    const read = await readManifestFile(file);
    setProblem("problem" in read ? read.problem : null);
    if ("text" in read) registration.replaceText(read.text);
  }
  const hovering = useFileDrop((file) => void take(file));

  function pick({ line, column }: Finding) {
    const area = field.current;
    if (!area || line === undefined) return;
    const offset = toOffset(area.value, line, column ?? 1);
    area.focus();
    area.setSelectionRange(offset, offset);
  }

  return (
    <>
      <div className="grid items-start gap-5 lg:grid-cols-2 lg:grid-rows-[auto_1fr]">
        <SourceField
          ref={field}
          registration={registration}
          problem={problem}
          onFile={(file) => void take(file)}
          onType={(text) => {
            setProblem(null);
            registration.change({ text, builtin: null, name: null });
          }}
        />
        <PreviewPanel registration={registration} onPick={pick} />
        <BuiltinChoices
          chosen={registration.draft.builtin}
          onChoose={(builtin) => registration.change({ text: "", checked: null, name: null, builtin })}
        />
      </div>
      {hovering ? <DropOverlay /> : null}
    </>
  );
}
