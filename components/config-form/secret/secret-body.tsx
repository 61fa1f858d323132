import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { SecretState } from "@/lib/contract/config.ts";
import type { ConfigField as Schema } from "@/lib/contract/manifest.ts";
import { Button } from "../../ui/button.tsx";
import type { FieldAria } from "../../ui/field.tsx";
import type { SecretDraft } from "../form-values.ts";
import { SecretInput } from "./secret-input.tsx";
import { ReferenceInput } from "./reference-input.tsx";
import { SecretFacts } from "./secret-facts.tsx";

interface BodyProps {
  field: Schema;
  state: SecretState;
  origin: string | null;
  draft: SecretDraft;
  aria: FieldAria;
  onChange: (draft: SecretDraft) => void;
  onBlur: () => void;
}

/** What can be done with a secret just now: replace or clear a stored one, type a new one, refer to one, take either back. */
export function SecretBody(props: BodyProps) {
  const { field, state, draft, aria, onChange } = props;
  if (draft.action === "clear") {
    return (
      <Row aria={aria} text={<span className="text-ink">Will be cleared when you save.</span>}>
        <Undo name={field.name} onClick={() => onChange({ action: "keep", text: "" })} />
      </Row>
    );
  }
  return state.configured && draft.action === "keep" ? <Stored {...props} /> : <Entry {...props} />;
}

function Stored({ field, state, origin, aria, onChange }: BodyProps) {
  const isReference = state.kind === "reference";
  return (
    <Row aria={aria} text={<SecretFacts state={state} origin={origin} />}>
      <Button
        size="sm"
        id={aria.id}
        aria-label={`Replace ${field.name}`}
        onClick={() =>
          onChange(
            isReference
              ? { action: "reference", text: state.reference ?? "" }
              : { action: "replace", text: "" },
          )
        }
      >
        {isReference ? "Change" : "Replace"}
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

/** Typing a new value, or naming where it lies. */
function Entry({ field, state, draft, aria, onChange, onBlur }: BodyProps) {
  const isReference = draft.action === "reference";
  const idle = state.configured ? "replace" : "keep";
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-start gap-2">
        {isReference ? (
          <ReferenceInput
            aria={aria}
            text={draft.text}
            onChange={(text) => onChange({ action: "reference", text })}
            onBlur={onBlur}
          />
        ) : (
          <SecretInput
            aria={aria}
            text={draft.text}
            autoFocus={state.configured}
            onChange={(text) => onChange(text === "" ? { action: idle, text } : { action: "replace", text })}
            onBlur={onBlur}
          />
        )}
        {state.configured ? (
          <Undo name={field.name} onClick={() => onChange({ action: "keep", text: "" })} />
        ) : null}
      </div>
      <button
        type="button"
        className="min-h-6 self-start text-sm text-accent hover:underline"
        onClick={() => onChange(isReference ? { action: idle, text: "" } : { action: "reference", text: "" })}
      >
        {isReference ? "Enter the value instead" : "Use a variable or file"}
        <span className="sr-only"> for {field.name}</span>
      </button>
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
      <div className="min-w-0 flex-1 basis-40 text-sm text-muted">{text}</div>
      <span className="flex shrink-0 gap-1">{children}</span>
    </div>
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
