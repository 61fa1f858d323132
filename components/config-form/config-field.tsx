"use client";

import { useController, type Control } from "react-hook-form";
import type { ConfigField as Schema } from "@/lib/contract/manifest.ts";
import { Field } from "../ui/field.tsx";
import { FieldChips } from "./field-chips.tsx";
import { toFieldKind } from "./field-kind.ts";
import { describeRule } from "./field-rule.ts";
import { toKey, type FormValues } from "./form-values.ts";
import { WIDGETS } from "./widgets.tsx";

/** The id of a field's control: errors move the focus there. */
export function toControlId(name: string): string {
  return `config-${toKey(name)}`;
}

/** One open field: label, widget, rule, description, and what is wrong with it. */
export function ConfigField({
  field,
  control,
  edited,
}: {
  field: Schema;
  control: Control<FormValues>;
  edited: boolean;
}) {
  const { field: bound, fieldState } = useController({ control, name: `fields.${toKey(field.name)}` });
  const Widget = WIDGETS[toFieldKind(field)];
  return (
    <Field
      id={toControlId(field.name)}
      label={<code>{field.name}</code>}
      required={field.required && field.default === undefined}
      hint={<FieldHint field={field} />}
      error={fieldState.error?.message}
      trailing={
        <FieldChips
          field={field}
          draft={bound.value ?? null}
          edited={edited}
          onReset={() => bound.onChange(null)}
        />
      }
    >
      {(aria) => (
        <Widget
          field={field}
          draft={bound.value ?? null}
          aria={aria}
          onChange={bound.onChange}
          onBlur={bound.onBlur}
        />
      )}
    </Field>
  );
}

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
