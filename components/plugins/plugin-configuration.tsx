"use client";

import { useQuery } from "@tanstack/react-query";
import { Settings2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { useHydrated } from "@/components/charts/use-hydrated.ts";
import { ConfigForm } from "@/components/config-form/config-form.tsx";
import { useConfigDraft } from "@/components/config-form/use-config-form.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { ConfigMissing } from "./config-missing.tsx";
import { DriftNotice } from "./manage/drift-notice.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { PluginRefusal } from "./plugin-refusal.tsx";
import { PluginTrouble } from "./plugin-trouble.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { ConfigurationSkeleton } from "./plugin-skeleton.tsx";
import { usePermission } from "./use-permission.ts";

/** The form generated from the plugin's own schema. */
export function PluginConfiguration() {
  const { plugin, act, dismiss, editing } = usePluginScreen();
  const [checked, setChecked] = useState(false);
  const state = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const resumes = useResumes(plugin.id);
  const mayWrite = usePermission("config:write");
  const { data, error, refetch } = useQuery(queries(api).config(plugin.id));

  function enable() {
    act("enable");
    // There the steps can be watched.
    router.push(toPluginPath(plugin.id));
  }

  if (!data)
    return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <ConfigurationSkeleton />;
  if (data.schema.length === 0 && Object.keys(data.values).length === 0) {
    return (
      <div className="flex flex-col gap-5">
        <DriftNotice />
        <EmptyState icon={<Settings2 />} title="Nothing to configure">
          {plugin.name} declares no configuration fields. A plugin author adds them as{" "}
          <code>config_schema</code> in the metadata.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <div ref={state} tabIndex={-1} className="flex scroll-mt-4 flex-col gap-5 empty:hidden">
        <PluginRefusal editing />
        <PluginTrouble editing />
      </div>
      <DriftNotice />
      {checked ? null : <ConfigMissing />}
      <section
        aria-label={`Configuration of ${plugin.name}`}
        className="min-w-0 rounded-lg border border-line bg-surface"
      >
        {mayWrite ? null : (
          <p className="border-b border-line px-4 py-2.5 text-sm text-muted">
            You can look at this configuration. Changing it needs another role.
          </p>
        )}
        <ConfigForm
          key={resumes ? "resumed" : "fresh"}
          pluginId={plugin.id}
          config={data}
          mayWrite={mayWrite}
          onEnable={plugin.desired === "disabled" ? enable : undefined}
          goesOn={plugin.refusal !== null}
          onReason={() => state.current?.focus()}
          onEdit={dismiss}
          onCheck={() => setChecked(true)}
          editing={editing}
        />
      </section>
    </div>
  );
}

/**
 * Whether a draft from before a reload waits. Only the browser knows: with one the form starts anew once the page is alive,
 * without one the form that came with the page goes on.
 */
function useResumes(pluginId: string): boolean {
  const hydrated = useHydrated();
  const [draft] = useConfigDraft(pluginId);
  const [resumes, setResumes] = useState<boolean | null>(null);
  if (hydrated && resumes === null) setResumes(draft !== null);
  return resumes ?? false;
}
