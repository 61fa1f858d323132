"use client";

import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useForm, type FieldErrors } from "react-hook-form";
import { useDraft } from "@/lib/client/draft.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { createResolver } from "./config-resolver.ts";
import { focusFirst } from "./field-link.ts";
import { refit, toStoredDraft, type StoredDraft } from "./form-merge.ts";
import { changedNames, toFormValues, toKey, type FormValues } from "./form-values.ts";
import { useConfigSave } from "./use-config-save.ts";

/** Writing a long draft takes a while: not between two keys. Leaving the page writes it at once. */
const KEEP_AFTER_MS = 200;

/** Where a plugin's unsaved edits are kept: the tab's storage, without secrets. */
export function useConfigDraft(pluginId: string) {
  return useDraft<StoredDraft | null>(`config:${pluginId}`, null);
}

/** The form of one plugin: its values, its draft in the browser's storage, and saving. */
export function useConfigForm(pluginId: string, config: PluginConfig) {
  const [stored, setStored, clearStored] = useConfigDraft(pluginId);
  const [restored] = useState(stored);
  const resolver = useMemo(() => createResolver(config), [config]);
  const form = useForm<FormValues>({
    defaultValues: restored ? refit(config, restored.values) : toFormValues(config),
    resolver,
    mode: "onTouched",
    shouldFocusError: false,
  });
  const { save, adopt, choose, outcome, forget } = useConfigSave(pluginId, config, form);

  const keep = useEffectEvent((values: FormValues) => {
    if (changedNames(config.schema, values).length === 0) clearStored();
    else setStored(toStoredDraft(config.schema, values));
  });
  useEffect(() => {
    let latest: FormValues | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      clearTimeout(timer);
      timer = undefined;
      if (latest) keep(latest);
      latest = null;
    };
    const stop = form.subscribe({
      formState: { values: true },
      callback: ({ values }) => {
        latest = values;
        timer ??= setTimeout(flush, KEEP_AFTER_MS);
      },
    });
    window.addEventListener("pagehide", flush);
    return () => {
      stop();
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [form]);

  // Somebody else saved and nothing is being edited here: follow.
  const follow = useEffectEvent((next: PluginConfig) => {
    const values = form.getValues();
    if (next.version !== values.base.version && changedNames(next.schema, values).length === 0) {
      form.reset(toFormValues(next));
    }
  });
  useEffect(() => follow(config), [config]);

  const focusErrors = (errors: FieldErrors<FormValues>) =>
    focusFirst(
      config.schema
        .filter(({ name, sensitive }) => (sensitive ? errors.secrets : errors.fields)?.[toKey(name)])
        .map(({ name }) => name),
    );
  return {
    form,
    outcome,
    choose,
    adopt,
    /** Names of secrets that were typed before a reload and have to be typed again. Nothing to say once something was saved. */
    retype: outcome?.kind === "saved" ? NOTHING : (restored?.retype ?? NOTHING),
    submit: (note?: string) => form.handleSubmit((sent) => save(sent, note), focusErrors)(),
    /** Whether the browser finds nothing wrong; the first wrong field gets the focus. */
    check: async () => {
      const fine = await form.trigger();
      if (!fine) focusErrors(form.formState.errors);
      return fine;
    },
    discard: () => {
      form.reset(toFormValues(config));
      forget();
    },
  };
}

const NOTHING: string[] = [];

export type ConfigFormState = ReturnType<typeof useConfigForm>;
