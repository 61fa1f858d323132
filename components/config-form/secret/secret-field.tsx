"use client";

import { memo } from "react";
import { useController, type Control } from "react-hook-form";
import type { SecretState } from "@/lib/contract/config.ts";
import type { ConfigField as Schema } from "@/lib/contract/manifest.ts";
import { Field } from "../../ui/field.tsx";
import { FieldHint } from "../fields/config-field.tsx";
import { Chip } from "../fields/field-chips.tsx";
import { toControlId } from "../fields/field-link.ts";
import { isSecretChanged, KEPT, toKey, type FormValues } from "../form-values.ts";
import { SecretBody } from "./secret-body.tsx";

interface SecretProps {
  field: Schema;
  control: Control<FormValues>;
  state: SecretState;
  /** Scheme, host and port that the form goes to as it stands; null while that is nowhere. */
  origin: string | null;
  /** Typed before a reload and therefore gone. */
  retype: boolean;
}

/** A write-only field: it says whether a value is set, since when and by whom, and never what it is. */
export const SecretField = memo(function SecretField({ field, control, state, origin, retype }: SecretProps) {
  const { field: bound, fieldState } = useController({ control, name: `secrets.${toKey(field.name)}` });
  const draft = bound.value ?? KEPT;
  const edited = isSecretChanged(draft);
  return (
    <Field
      id={toControlId(field.name)}
      label={<code className="wrap-anywhere">{field.name}</code>}
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
            origin={origin}
            draft={draft}
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
});
