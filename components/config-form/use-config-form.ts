"use client";

import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useDraft } from "@/lib/client/draft.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { createResolver, toPath } from "./config-resolver.ts";
import { refit, toStoredDraft, type StoredDraft } from "./form-merge.ts";
import { changedNames, toFormValues, type FormValues } from "./form-values.ts";
import { focusFirst, useConfigSave } from "./use-config-save.ts";

/** The form of one plugin: its values, its draft in the browser's storage, and saving. */
export function useConfigForm(pluginId: string, config: PluginConfig) {
  const [stored, setStored, clearStored] = useDraft<StoredDraft | null>(`config:${pluginId}`, null);
  const [restored] = useState(stored);
  const resolver = useMemo(() => createResolver(config), [config]);
  const form = useForm<FormValues>({
    defaultValues: restored ? refit(config, restored.values) : toFormValues(config),
    resolver,
    mode: "onTouched",
    shouldFocusError: false,
  });
  const changed = useWatch({
    control: form.control,
    compute: (values: FormValues) => changedNames(config.schema, values),
  });
  const { save, outcome, forget } = useConfigSave(pluginId, config, form);

  const keep = useEffectEvent((values: FormValues) => {
    if (changedNames(config.schema, values).length === 0) clearStored();
    else setStored(toStoredDraft(config.schema, values));
  });
  useEffect(
    () => form.subscribe({ formState: { values: true }, callback: ({ values }) => keep(values) }),
    [form],
  );

  // Somebody else saved and nothing is being edited here: follow.
  const follow = useEffectEvent((next: PluginConfig) => {
    const values = form.getValues();
    if (next.version !== values.base.version && changedNames(next.schema, values).length === 0) {
      form.reset(toFormValues(next));
    }
  });
  useEffect(() => follow(config), [config]);

  return {
    form,
    changed,
    outcome,
    /** Names of secrets that were typed before a reload and have to be typed again. Nothing to say once something was saved. */
    retype: outcome?.kind === "saved" ? [] : (restored?.retype ?? []),
    submit: () =>
      form.handleSubmit(save, (errors) => {
        const isWrong = (path: ReturnType<typeof toPath>) =>
          form.getFieldState(path, { ...form.formState, errors }).invalid;
        focusFirst(config.schema.filter((field) => isWrong(toPath(field))).map(({ name }) => name));
      })(),
    discard: () => {
      form.reset(toFormValues(config));
      forget();
    },
  };
}
