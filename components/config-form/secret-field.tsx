"use client";

import { KeyRound, Undo2 } from "lucide-react";
import { useController, type Control } from "react-hook-form";
import type { SecretState } from "@/lib/contract/config.ts";
import type { ConfigField as Schema } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import { Field, type FieldAria } from "../ui/field.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { FieldHint, toControlId } from "./config-field.tsx";
import { Chip } from "./field-chips.tsx";
import { toKey, type FormValues, type SecretDraft } from "./form-values.ts";
import { SecretInput } from "./secret-input.tsx";

interface SecretProps {
  field: Schema;
  control: Control<FormValues>;
  state: SecretState;
  edited: boolean;
  /** Typed before a reload and therefore gone. */
  retype: boolean;
}

/** A write-only field: it says whether a value is set, since when and by whom, and never what it is. */
export function SecretField({ field, control, state, edited, retype }: SecretProps) {
  const { field: bound, fieldState } = useController({ control, name: `secrets.${toKey(field.name)}` });
  return (
    <Field
      id={toControlId(field.name)}
      label={<code>{field.name}</code>}
      required={field.required}
      hint={<FieldHint field={field} />}
      error={fieldState.error?.message}
      trailing={edited ? <Chip strong>Edited</Chip> : <Chip>Secret</Chip>}
    >
      {(aria) => (
        <>
          <SecretBody
            field={field}
            state={state}
            draft={bound.value}
            aria={aria}
            onChange={bound.onChange}
            onBlur={bound.onBlur}
          />
          {retype && !edited ? (
            <p className="text-sm text-warn">
              You had typed a new value before the page was reloaded. Secrets are not kept by the browser:
              enter it again.
            </p>
          ) : null}
        </>
      )}
    </Field>
  );
}

interface BodyProps {
  field: Schema;
  state: SecretState;
  draft: SecretDraft;
  aria: FieldAria;
  onChange: (draft: SecretDraft) => void;
  onBlur: () => void;
}

function SecretBody({ field, state, draft, aria, onChange, onBlur }: BodyProps) {
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

function Row({
  aria,
  text,
  children,
}: {
  aria: FieldAria;
  text: React.ReactNode;
  children: React.ReactNode;
}) {
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
