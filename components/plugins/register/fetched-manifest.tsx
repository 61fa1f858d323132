"use client";

import { Pencil } from "lucide-react";
import { useMemo, type Ref } from "react";
import { CodeEditor, type CodeEditorHandle } from "@/components/editor/code-editor.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import type { Finding } from "@/lib/contract/manifest.ts";

/** The text that came from a manifest's address, with its findings in place; to be changed, a copy has to be made. */
export function FetchedManifest({
  ref,
  text,
  findings,
  onLine,
  onEdit,
}: {
  ref: Ref<CodeEditorHandle>;
  text: string;
  findings: readonly Finding[];
  onLine: (line: number) => void;
  onEdit: () => void;
}) {
  const found = useMemo(() => ({ text, list: findings }), [text, findings]);
  return (
    <Panel
      title="The manifest as it was fetched"
      description="Read only: it belongs to its address. A copy is registered as text of your own."
      actions={
        <Button size="sm" icon={<Pencil aria-hidden />} onClick={onEdit}>
          Edit a copy
        </Button>
      }
    >
      <CodeEditor
        ref={ref}
        label="Fetched manifest"
        value={text}
        language={text.trimStart().startsWith("{") ? "json" : "yaml"}
        findings={found}
        onLine={onLine}
        className="h-[min(28rem,60dvh)]"
      />
    </Panel>
  );
}
