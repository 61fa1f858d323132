"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { PluginConfig, PluginConfigSaved } from "@/lib/contract/config.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { toErrorInfo } from "../ui/error-info.ts";
import type { SaveOutcome } from "./config-notice.tsx";
import { toFieldMessages, toPath } from "./config-resolver.ts";
import { decide, meet } from "./conflict/form-conflict.ts";
import { carryOver } from "./conflict/form-merge.ts";
import { toConfigWrite, type FormValues } from "./form-values.ts";

/**
 * Saves a form and says how it ended. Of two people who save at once the second gets the first one's values under the own edits
 * and chooses where they differ; a secret that was typed for another address than the form leads to by then is taken out. What the
 * server refuses lands on its fields, the first of which `show` leads to.
 */
export function useConfigSave(
  pluginId: string,
  config: PluginConfig,
  form: UseFormReturn<FormValues>,
  show: (names: string[]) => void,
) {
  const client = useQueryClient();
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  // Only the note as variable: the cache of mutations would keep the secrets that are on their way.
  const { mutateAsync: send } = useMutation({
    mutationFn: (note: string | undefined) =>
      api.saveConfig(pluginId, {
        ...toConfigWrite(config.schema, form.getValues()),
        ...(note ? { note } : {}),
      }),
  });

  /** Whether it was saved. */
  async function save(sent: FormValues, note?: string): Promise<boolean> {
    try {
      await adopt(await send(note), sent);
      return true;
    } catch (error) {
      const info = toErrorInfo(error);
      if (info.code === "version_conflict") await merge(info).catch(refuse);
      else refuse(error);
      return false;
    }
  }

  /** Takes over what the server stored, however it came about. */
  async function adopt(saved: PluginConfigSaved, sent: FormValues, restored?: number) {
    form.reset(carryOver(saved.config, sent, form.getValues()));
    client.setQueryData(queries(api).config(pluginId).queryKey, saved.config);
    setOutcome({
      kind: "saved",
      applied: saved.applied,
      warnings: saved.warnings,
      ...(restored === undefined ? {} : { restored }),
    });
    await client.invalidateQueries({ queryKey: ["plugin", pluginId] });
  }

  async function merge(info: ErrorInfo) {
    const fresh = await client.fetchQuery({ ...queries(api).config(pluginId), staleTime: 0 });
    const { values, conflict } = meet(fresh, form.getValues(), info);
    form.reset(values);
    setOutcome({ kind: "conflict", conflict, choices: {} });
    // What else the page says, its address for one, is as old as the form was.
    await client.invalidateQueries({ queryKey: ["plugin", pluginId] });
  }

  function choose(name: string, side: "mine" | "theirs") {
    if (outcome?.kind !== "conflict") return;
    const { values, conflict } = decide(outcome.conflict, form.getValues(), name, side);
    form.reset(values);
    setOutcome({ ...outcome, conflict, choices: { ...outcome.choices, [name]: side } });
  }

  function refuse(error: unknown) {
    const messages = toFieldMessages(config.schema, toErrorInfo(error));
    for (const field of config.schema) {
      const found = messages.find(({ name }) => name === field.name);
      if (found) form.setError(toPath(field), { type: "server", message: found.message });
    }
    show(messages.map(({ name }) => name));
    setOutcome({ kind: "error", error });
  }

  return { save, adopt, choose, outcome, forget: () => setOutcome(null) };
}
