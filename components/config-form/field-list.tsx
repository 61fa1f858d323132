"use client";

import { memo } from "react";
import { useWatch, type Control } from "react-hook-form";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField } from "./config-field.tsx";
import { orphanNames, ownValue, pick, type FormValues } from "./form-values.ts";
import { OrphanValues } from "./orphan-values.tsx";
import { SecretField } from "./secret-field.tsx";

/** All fields of a schema. Rendered again when the configuration changes, never for a key that is typed: each field follows itself. */
export const FieldList = memo(function FieldList({
  config,
  control,
  origin,
  retype,
}: {
  config: PluginConfig;
  control: Control<FormValues>;
  origin: string | null;
  retype: readonly string[];
}) {
  const base = useWatch({ control, name: "base" });
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
          <ConfigField
            key={field.name}
            field={field}
            control={control}
            stored={ownValue(base.values, field.name)}
          />
        ),
      )}
      <OrphanValues control={control} stored={pick(base.values, orphanNames(config.schema, base.values))} />
    </>
  );
});
