"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { toFieldHash } from "@/components/config-form/fields/field-link.ts";
import { api } from "@/lib/client/browser.ts";
import { useDraft } from "@/lib/client/draft.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Finding } from "@/lib/contract/manifest.ts";
import { presetsOf, type BuiltinPreset } from "@/lib/core/builtin-presets.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import type { PluginCreate, PluginPreview } from "@/lib/contract/registration.ts";
import { findObstacle } from "./manifest-obstacle.ts";
import { toPluginPath } from "../plugin-path.ts";
import { readSource, toSource } from "./register-source.ts";

/** What was typed, kept over a reload. */
export interface RegisterDraft {
  text: string;
  /** What people say an address points to, against our guess. */
  of: "plugin" | "manifest" | null;
  /** The address that was last asked to be checked: addresses are contacted on request, not while being typed. */
  checked: string | null;
  builtin: string | null;
  /** What the built-in plugin is to be ready for; null for nothing in particular. */
  preset: string | null;
  /** Null while the suggested name is fine. */
  name: string | null;
  /** How a manifest is shown. */
  view: "text" | "form";
}

const EMPTY: RegisterDraft = {
  ...{ text: "", of: null, checked: null, name: null, view: "text" },
  ...{ builtin: null, preset: null },
};

/** Typing pauses this long before a pasted manifest is read, ms. */
const PAUSE_MS = 350;

/** One registration: the draft, its live preview, consent, and the registering itself. */
export function useRegistration() {
  const client = useQueryClient();
  const router = useRouter();
  const [draft, setDraft, clearDraft] = useDraft<RegisterDraft>("register", EMPTY);
  // How often a choice or Check asked for a preview, as against typing.
  const [asked, setAsked] = useState(0);
  // A text that came out of the form was read before it went in.
  const [formed, setFormed] = useState<string | null>(null);
  const settled = useSettled(draft.text);
  const reading = readSource(draft.text, draft.of);
  const source = toPreviewable(draft, settled);
  const preset = findPreset(source);
  const queryKey = ["preview", source];
  const preview = useQuery({
    queryKey,
    queryFn: async ({ signal }) => toPreviewed(await api.previewPlugin(source ?? {}, signal), source),
    enabled: source !== null,
    // While a manifest is being typed its last preview stays, with the text it was made from.
    ...(source?.manifestText === undefined ? {} : { placeholderData: keepPreviousData }),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const allow = useMutation({
    mutationFn: () => api.previewPlugin({ ...source, approveEndpoint: true }),
    onSuccess: (allowed) => client.setQueryData(queryKey, toPreviewed(allowed, source)),
  });
  const register = useMutation({
    mutationFn: (last: Pick<PluginCreate, "name" | "approveEndpoint">) =>
      api.registerPlugin({ ...source, ...last }),
    onSuccess: async (plugin) => {
      client.setQueryData(queries(api).plugin(plugin.id).queryKey, plugin);
      router.push(toNextPath(plugin, preset));
      clearDraft();
      await Promise.all([
        client.invalidateQueries({ queryKey: queries(api).plugins.queryKey }),
        client.invalidateQueries({ queryKey: queries(api).overview.queryKey }),
        client.invalidateQueries({ queryKey: queries(api).approvals.queryKey }),
      ]);
    },
  });

  function change(next: Partial<RegisterDraft>) {
    register.reset();
    allow.reset();
    setDraft((before) => ({ ...before, ...next }));
  }

  return {
    draft,
    reading,
    /** Null while there is nothing to preview, or an address waits to be checked. */
    source,
    /** What a plugin in the box was chosen for; null for nothing in particular. */
    preset,
    preview,
    /** False while what is shown was made from an earlier text than the one in the field. */
    isCurrent:
      !preview.isPlaceholderData &&
      (draft.builtin !== null || reading.kind !== "manifest" || settled === draft.text),
    allow,
    register,
    change,
    /** Whether the text can be shown as a form: only what the server has read is parsed here. */
    form: toFormState(draft.text, formed, preview.data),
    changeInForm: (text: string) => {
      setFormed(text);
      change({ text, builtin: null, preset: null });
    },
    /** Takes over a text as a whole: pasted from a file. */
    replaceText: (text: string) => change({ ...EMPTY, view: draft.view, text }),
    asked,
    /** Takes a plugin in the box. */
    choose: (choice: Pick<RegisterDraft, "builtin" | "preset">) => {
      change({ text: "", checked: null, name: null, ...choice });
      setAsked(asked + 1);
    },
    /** Contacts the address that stands in the field; again when it was contacted before. */
    check: () => {
      if (reading.kind !== "address") return;
      setAsked(asked + 1);
      if (draft.checked === reading.address) void preview.refetch();
      else change({ checked: reading.address });
    },
    clear: () => change(EMPTY),
  };
}

function findPreset(source: PluginCreate | null): BuiltinPreset | null {
  return presetsOf(source?.builtin ?? "").find(({ id }) => id === source?.preset) ?? null;
}

/** Where a new plugin is finished: at the first field that lacks a value, at the key of a hosted service, or on its own page. */
function toNextPath({ id, missingConfig, manifest }: Plugin, preset: BuiltinPreset | null): string {
  const key = manifest.metadata.config_schema.find(({ sensitive }) => sensitive)?.name;
  const field = missingConfig[0] ?? (preset?.local === false ? key : undefined);
  if (field !== undefined) return toPluginPath(id, "configuration") + toFieldHash(field);
  // The address of a local service is worth a look.
  return toPluginPath(id, preset ? "configuration" : "");
}

/** A preview and the text its findings point into, if there is one. */
export interface Previewed {
  preview: PluginPreview;
  text: string | undefined;
}

function toPreviewed(preview: PluginPreview, source: PluginCreate | null): Previewed {
  return { preview, text: source?.manifestText ?? preview.manifestText ?? undefined };
}

/** `obstacle` is what has to be mended first; null while the text is still being read. */
export type FormState = { ready: true } | { ready: false; obstacle: Finding | null };

function toFormState(text: string, formed: string | null, previewed: Previewed | undefined): FormState {
  if (text === formed) return { ready: true };
  if (previewed?.text !== text) return { ready: false, obstacle: null };
  const obstacle = findObstacle(previewed.preview);
  return obstacle === null ? { ready: true } : { ready: false, obstacle };
}

/** The source to preview now: manifests once typing pauses, addresses once asked for, built-in plugins at once. */
function toPreviewable(draft: RegisterDraft, settled: string): PluginCreate | null {
  if (draft.builtin !== null) {
    return { builtin: draft.builtin, ...(draft.preset == null ? {} : { preset: draft.preset }) };
  }
  const reading = readSource(draft.text, draft.of);
  if (reading.kind === "address") return reading.address === draft.checked ? toSource(reading) : null;
  return toSource(readSource(settled));
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
