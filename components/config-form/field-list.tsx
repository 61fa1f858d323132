"use client";

import { Fragment, memo } from "react";
import { useWatch, type Control } from "react-hook-form";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField } from "./fields/config-field.tsx";
import { draftOrigin } from "./draft-origin.ts";
import { orphanNames, ownValue, pick, type FormValues } from "./form-values.ts";
import { LeftBehindNotice } from "./secret/left-behind.tsx";
import { OrphanValues } from "./fields/orphan-values.tsx";
import { SecretField } from "./secret/secret-field.tsx";
import { useLeftBehind } from "./secret/use-left-behind.ts";

/** All fields of a schema. Rendered again when the configuration changes, never for a key that is typed: each field follows itself. */
export const FieldList = memo(function FieldList({
  config,
  control,
  retype,
}: {
  config: PluginConfig;
  control: Control<FormValues>;
  retype: readonly string[];
}) {
  const base = useWatch({ control, name: "base" });
  const origin = useWatch({ control, compute: (values: FormValues) => draftOrigin(config, values) });
  return (
    <>
      {config.schema.map((field) =>
        field.sensitive ? (
          <SecretField
            key={field.name}
            field={field}
            control={control}
            state={config.secrets[field.name] ?? NO_SECRET}
            origin={origin}
            retype={retype.includes(field.name)}
          />
        ) : (
          <Fragment key={field.name}>
            <ConfigField field={field} control={control} stored={ownValue(base.values, field.name)} />
            {field.name === config.addressField?.name ? (
              <AddressNotice config={config} control={control} />
            ) : null}
          </Fragment>
        ),
      )}
      <OrphanValues control={control} stored={pick(base.values, orphanNames(config.schema, base.values))} />
    </>
  );
});

function AddressNotice({ config, control }: { config: PluginConfig; control: Control<FormValues> }) {
  return <LeftBehindNotice left={useLeftBehind(config, control)} />;
}
