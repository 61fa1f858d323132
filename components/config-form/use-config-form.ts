"use client";

import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useForm, type FieldErrors } from "react-hook-form";
import { useDraft } from "@/lib/client/draft.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { createResolver, toPath } from "./config-resolver.ts";
import { refit, toStoredDraft, type StoredDraft } from "./conflict/form-merge.ts";
import { changedNames, toFormValues, toKey, type FormValues } from "./form-values.ts";
import { useConfigSave } from "./use-config-save.ts";

/** Writing a long draft takes a while: not between two keys. Leaving the page writes it at once. */
const KEEP_AFTER_MS = 200;

/** Where a plugin's unsaved edits are kept: the tab's storage, without secrets. */
export function useConfigDraft(pluginId: string) {
  return useDraft<StoredDraft | null>(`config:${pluginId}`, null);
}

/** The form of one plugin: its values, its draft in the browser's storage, and saving. `show` leads to the first of some fields; `onEdit` is told of every edit and save. */
export function useConfigForm(
  pluginId: string,
  config: PluginConfig,
  { show, onEdit }: { show: (names: string[]) => void; onEdit: () => void },
) {
  const [stored, setStored, clearStored] = useConfigDraft(pluginId);
  const [restored] = useState(stored);
  const resolver = useMemo(() => createResolver(config), [config]);
  const form = useForm<FormValues>({
    defaultValues: restored ? refit(config, restored.values) : toFormValues(config),
    resolver,
    mode: "onTouched",
    shouldFocusError: false,
  });
  const { save, adopt, choose, outcome, forget } = useConfigSave(pluginId, config, form, show);

  const keep = useEffectEvent((values: FormValues) => {
    if (changedNames(config.schema, values).length === 0) clearStored();
    else setStored(toStoredDraft(config.schema, values));
  });
  // "Saved" is no longer true once something else is unsaved.
  const drop = useEffectEvent((values: FormValues) => {
    onEdit();
    if (outcome?.kind === "saved" && changedNames(config.schema, values).length > 0) forget();
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
        drop(values);
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

  return {
    form,
    outcome,
    choose,
    adopt,
    /** Names of secrets that were typed before a reload and have to be typed again. Nothing to say once something was saved. */
    retype: outcome?.kind === "saved" ? NOTHING : (restored?.retype ?? NOTHING),
    /** Whether it was saved; the first wrong field is shown when the browser finds any. */
    submit: async (note?: string) => {
      let saved = false;
      await form.handleSubmit(
        async (sent) => {
          saved = await save(sent, note);
        },
        (errors) => show(wrongNames(config.schema, errors)),
      )();
      return saved;
    },
    /** Whether the browser finds nothing wrong; the first wrong field is shown otherwise. */
    check: async () => {
      const fine = await form.trigger();
      // Asked of the form itself: what this component was last drawn with is older than the answer.
      if (!fine)
        show(
          config.schema.filter((field) => form.getFieldState(toPath(field)).invalid).map(({ name }) => name),
        );
      return fine;
    },
    discard: () => {
      form.reset(toFormValues(config));
      forget();
    },
  };
}

const NOTHING: string[] = [];

/** Names of fields with an error, in the order of the schema. */
export function wrongNames(schema: readonly ConfigField[], errors: FieldErrors<FormValues>): string[] {
  return schema
    .filter(({ name, sensitive }) => (sensitive ? errors.secrets : errors.fields)?.[toKey(name)])
    .map(({ name }) => name);
}

export type ConfigFormState = ReturnType<typeof useConfigForm>;
