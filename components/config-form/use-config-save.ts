"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { toErrorInfo } from "../ui/error-info.ts";
import { toControlId } from "./config-field.tsx";
import type { SaveOutcome } from "./config-notice.tsx";
import { toFieldMessages, toPath } from "./config-resolver.ts";
import { carryOver, differingNames, rebase } from "./form-merge.ts";
import { toConfigWrite, type FormValues } from "./form-values.ts";

/**
 * Saves a form and says how it ended. Of two people who save at once the second gets the first one's values under the own edits;
 * what the server refuses lands on its fields.
 */
export function useConfigSave(pluginId: string, config: PluginConfig, form: UseFormReturn<FormValues>) {
  const client = useQueryClient();
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  // Without variables: the cache of mutations would keep the secrets that are on their way.
  const { mutateAsync: send } = useMutation({
    mutationFn: () => api.saveConfig(pluginId, toConfigWrite(config.schema, form.getValues())),
  });

  async function save(sent: FormValues) {
    try {
      const saved = await send();
      form.reset(carryOver(saved.config, sent, form.getValues()));
      client.setQueryData(queries(api).config(pluginId).queryKey, saved.config);
      setOutcome({ kind: "saved", applied: saved.applied });
      await client.invalidateQueries({ queryKey: ["plugin", pluginId] });
    } catch (error) {
      if (toErrorInfo(error).code === "version_conflict") await merge().catch(refuse);
      else refuse(error);
    }
  }

  async function merge() {
    const fresh = await client.fetchQuery({ ...queries(api).config(pluginId), staleTime: 0 });
    const mine = form.getValues();
    form.reset(rebase(fresh, mine));
    setOutcome({ kind: "merged", theirs: differingNames(mine.base.values, fresh.values) });
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

  return { save, outcome, forget: () => setOutcome(null) };
}

/** Moves the focus to the first of some fields, in the middle of the window. */
export function focusFirst(names: string[]): void {
  const control = names[0] === undefined ? null : document.getElementById(toControlId(names[0]));
  control?.focus();
  control?.scrollIntoView({ block: "center" });
}
