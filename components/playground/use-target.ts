"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryStates } from "nuqs";
import { useEffect } from "react";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import type { Model } from "@/lib/contract/protocol.ts";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { findCandidate, pickCandidate } from "./target.ts";

/** The plugin and model to talk to. They live in the URL (`plugin`, `model`), so that the choice can be shared. */
export function useTarget(plugins: readonly PluginSummary[]) {
  const [named, setNamed] = useQueryStates({ plugin: parseAsString, model: parseAsString });
  const plugin = findCandidate(plugins, named.plugin);
  const preferred = named.plugin === null ? pickCandidate(plugins) : null;
  const preferredId = preferred?.id;

  // Written down at once: the preference must not wander while plugins go up and down.
  useEffect(() => {
    if (preferredId !== undefined) void setNamed({ plugin: preferredId });
  }, [preferredId, setNamed]);

  const chosen = plugin ?? preferred;
  const { data } = useQuery({ ...queries(api).models(chosen?.id ?? ""), enabled: chosen !== null });
  const models: Model[] = data?.models.length ? data.models : (chosen?.modelIds ?? []).map((id) => ({ id }));
  const modelId = named.model ?? models[0]?.id ?? "";
  return {
    plugin: chosen,
    /** What the URL asked for, when there is no such plugin. */
    missing: chosen === null ? named.plugin : null,
    models,
    modelId,
    model: models.find(({ id }) => id === modelId) ?? null,
    choosePlugin: (id: string) => void setNamed({ plugin: id, model: null }),
    chooseModel: (id: string) => void setNamed({ model: id }),
  };
}
