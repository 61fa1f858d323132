"use client";

import { memo } from "react";
import { useController, type Control } from "react-hook-form";
import type { ConfigField as Schema, Json } from "@/lib/contract/manifest.ts";
import { Field } from "../../ui/field.tsx";
import { FieldChips } from "./field-chips.tsx";
import { isSameDraft, toDraft } from "./field-draft.ts";
import { toFieldKind } from "./field-kind.ts";
import { toControlId } from "./field-link.ts";
import { describeRule } from "./field-rule.ts";
import { toKey, type FormValues } from "../form-values.ts";
import { WIDGETS } from "./widgets.tsx";

/** One open field: label, widget, rule, description, and what is wrong with it. Follows its own value and no other. */
export const ConfigField = memo(function ConfigField({
  field,
  control,
  stored,
}: {
  field: Schema;
  control: Control<FormValues>;
  /** What is saved for it; undefined when it is not set. */
  stored: Json | undefined;
}) {
  const { field: bound, fieldState } = useController({ control, name: `fields.${toKey(field.name)}` });
  const Widget = WIDGETS[toFieldKind(field)];
  const draft = bound.value ?? null;
  return (
    <Field
      id={toControlId(field.name)}
      label={<code className="wrap-anywhere">{field.name}</code>}
      required={field.required && field.default === undefined}
      hint={<FieldHint field={field} />}
      error={fieldState.error?.message}
      trailing={
        <FieldChips
          field={field}
          draft={draft}
          edited={!isSameDraft(draft, toDraft(field, stored))}
          onReset={() => bound.onChange(null)}
        />
      }
    >
      {(aria) => (
        <Widget field={field} draft={draft} aria={aria} onChange={bound.onChange} onBlur={bound.onBlur} />
      )}
    </Field>
  );
});

/** What the author says about a field, and its rule. */
export function FieldHint({ field }: { field: Schema }) {
  const rule = describeRule(field);
  return (
    <>
      {field.description}
      {field.description && rule ? <span aria-hidden> · </span> : null}
      {rule ? <span className="text-faint">{rule}</span> : null}
    </>
  );
}
