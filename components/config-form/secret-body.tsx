import { KeyRound, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { SecretState } from "@/lib/contract/config.ts";
import type { ConfigField as Schema } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import type { FieldAria } from "../ui/field.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { SecretDraft } from "./form-values.ts";
import { SecretInput } from "./secret-input.tsx";

interface BodyProps {
  field: Schema;
  state: SecretState;
  draft: SecretDraft;
  aria: FieldAria;
  onChange: (draft: SecretDraft) => void;
  onBlur: () => void;
}

/** What can be done with a secret just now: replace or clear a stored one, type a new one, take either back. */
export function SecretBody({ field, state, draft, aria, onChange, onBlur }: BodyProps) {
  const undo = () => onChange({ action: "keep", text: "" });
  if (draft.action === "clear") {
    return (
      <Row aria={aria} text="Will be cleared when you save.">
        <Undo name={field.name} onClick={undo} />
      </Row>
    );
  }
  if (state.configured && draft.action === "keep") {
    return (
      <Row aria={aria} text={<Configured state={state} />}>
        <Button
          size="sm"
          id={aria.id}
          aria-label={`Replace ${field.name}`}
          onClick={() => onChange({ action: "replace", text: "" })}
        >
          Replace
        </Button>
        {field.required ? null : (
          <Button
            size="sm"
            variant="ghost"
            aria-label={`Clear ${field.name}`}
            onClick={() => onChange({ action: "clear", text: "" })}
          >
            Clear
          </Button>
        )}
      </Row>
    );
  }
  return (
    <div className="flex items-start gap-2">
      <SecretInput
        aria={aria}
        text={draft.text}
        autoFocus={state.configured}
        onChange={(text) =>
          onChange(text === "" && !state.configured ? { action: "keep", text } : { action: "replace", text })
        }
        onBlur={onBlur}
      />
      {state.configured ? <Undo name={field.name} onClick={undo} /> : null}
    </div>
  );
}

function Row({ aria, text, children }: { aria: FieldAria; text: ReactNode; children: ReactNode }) {
  return (
    <div
      role="group"
      aria-describedby={aria["aria-describedby"]}
      className="flex min-h-10 flex-wrap items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1.5 pl-2.5"
    >
      <span className="min-w-0 flex-1 basis-40 text-sm text-muted">{text}</span>
      <span className="flex shrink-0 gap-1">{children}</span>
    </div>
  );
}

function Configured({ state }: { state: SecretState }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1.5">
      <KeyRound aria-hidden className="size-4 text-ok" />
      <span className="font-medium text-ink">Configured</span>
      {state.changedAt ? (
        <span>
          · changed <RelativeTime at={state.changedAt} />
        </span>
      ) : null}
      {state.changedBy ? <span>by {state.changedBy}</span> : null}
    </span>
  );
}

function Undo({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Button
      size="md"
      variant="ghost"
      icon={<Undo2 aria-hidden />}
      aria-label={`Undo: keep the stored ${name}`}
      onClick={onClick}
    >
      Undo
    </Button>
  );
}
