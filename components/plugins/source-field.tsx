"use client";

import { FileUp, Search } from "lucide-react";
import { useRef, type ChangeEvent, type KeyboardEvent, type Ref } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Textarea } from "@/components/ui/input.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { SourceReading } from "./source-reading.tsx";
import type { useRegistration } from "./use-registration.ts";

/** The one field: type, paste, choose or drop. */
export function SourceField({
  ref,
  registration,
  problem,
  onFile,
  onType,
}: {
  ref: Ref<HTMLTextAreaElement>;
  registration: ReturnType<typeof useRegistration>;
  problem: string | null;
  onFile: (file: File) => void;
  onType: (text: string) => void;
}) {
  const { draft, reading, preview, check, clear } = registration;
  const isAddress = reading.kind === "address";

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || !isAddress) return;
    event.preventDefault();
    check();
  }

  return (
    <Panel>
      <div className="flex flex-col gap-3">
        <Field
          label="Where is the plugin?"
          hint="The address of a running plugin, the address of its manifest, or the manifest itself."
          error={problem}
        >
          {(aria) => (
            <Textarea
              {...aria}
              ref={ref}
              autoFocus
              mono
              rows={isAddress || reading.kind === "empty" ? 3 : 18}
              value={draft.text}
              placeholder="http://127.0.0.1:8090"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => onType(event.target.value)}
              onKeyDown={onKeyDown}
            />
          )}
        </Field>
        <div className="flex flex-wrap items-center gap-2">
          {isAddress ? (
            <Button
              variant="primary"
              icon={<Search aria-hidden />}
              loading={preview.isFetching}
              onClick={check}
            >
              Check
            </Button>
          ) : null}
          {isAddress ? (
            <span className="hidden text-sm text-muted sm:inline">
              or <Kbd>Enter</Kbd>
            </span>
          ) : (
            <FileButton onFile={onFile} />
          )}
          {draft.text === "" ? (
            <span className="text-sm text-muted">or drop a file anywhere on this page</span>
          ) : (
            <Button variant="ghost" onClick={clear}>
              Clear
            </Button>
          )}
        </div>
        <SourceReading reading={reading} onChange={(of) => registration.change({ of })} />
      </div>
    </Panel>
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
