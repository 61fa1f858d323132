"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { api } from "@/lib/client/browser.ts";
import { useDraft } from "@/lib/client/draft.ts";
import { queries } from "@/lib/client/queries.ts";
import { toErrorInfo } from "../ui/error-info.ts";
import { toControlId } from "./config-field.tsx";
import type { SaveOutcome } from "./config-notice.tsx";
import { createResolver, toFieldMessages, toPath } from "./config-resolver.ts";
import {
  changedNames,
  differingNames,
  rebase,
  refit,
  toConfigWrite,
  toFormValues,
  toStoredDraft,
  type FormValues,
  type StoredDraft,
} from "./form-values.ts";

/** The form of one plugin: its values, its draft in the browser's storage, and saving. */
export function useConfigForm(pluginId: string, config: PluginConfig) {
  const client = useQueryClient();
  const [stored, setStored, clearStored] = useDraft<StoredDraft | null>(`config:${pluginId}`, null);
  const [restored, setRestored] = useState(stored);
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
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

  // Without variables: the cache of mutations would keep the secrets that are on their way.
  const { mutateAsync: send } = useMutation({
    mutationFn: () => api.saveConfig(pluginId, toConfigWrite(config.schema, form.getValues())),
  });

  async function save(values: FormValues) {
    try {
      const saved = await send();
      form.reset(toFormValues(saved.config));
      client.setQueryData(queries(api).config(pluginId).queryKey, saved.config);
      setOutcome({ kind: "saved", applied: saved.applied });
      setRestored(null);
      await client.invalidateQueries({ queryKey: ["plugin", pluginId] });
    } catch (error) {
      if (toErrorInfo(error).code === "version_conflict") await merge(values);
      else refuse(error);
    }
  }

  async function merge(values: FormValues) {
    const fresh = await client.fetchQuery({ ...queries(api).config(pluginId), staleTime: 0 });
    form.reset(rebase(fresh, values));
    setOutcome({ kind: "merged", theirs: differingNames(values.base.values, fresh.values) });
  }

  function refuse(error: unknown) {
    const messages = toFieldMessages(config.schema, toErrorInfo(error));
    for (const field of config.schema) {
      const found = messages.find(({ name }) => name === field.name);
      if (found) form.setError(toPath(field), { type: "server", message: found.message });
    }
    focusFirst(messages.map(({ name }) => name));
    setOutcome({ kind: "error", error });
  }

  return {
    form,
    changed,
    outcome,
    /** Names of secrets that were typed before a reload and have to be typed again. */
    retype: restored?.retype ?? [],
    submit: () =>
      form.handleSubmit(save, (errors) => {
        const wrong = config.schema.filter(
          (field) => form.getFieldState(toPath(field), { ...form.formState, errors }).invalid,
        );
        focusFirst(wrong.map(({ name }) => name));
      })(),
    discard: () => {
      form.reset(toFormValues(config));
      setOutcome(null);
      setRestored(null);
    },
  };
}

function focusFirst(names: string[]): void {
  const control = names[0] === undefined ? null : document.getElementById(toControlId(names[0]));
  control?.focus();
  control?.scrollIntoView({ block: "center" });
}
