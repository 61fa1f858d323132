"use client";

import { useQuery } from "@tanstack/react-query";
import { Settings2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useHydrated } from "@/components/charts/use-hydrated.ts";
import { ConfigForm } from "@/components/config-form/config-form.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { ConfigurationSkeleton } from "./plugin-skeleton.tsx";
import { usePermission } from "./use-permission.ts";

/** The form generated from the plugin's own schema. */
export function PluginConfiguration() {
  const { plugin, act } = usePluginScreen();
  const router = useRouter();
  const hydrated = useHydrated();
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
      <EmptyState icon={<Settings2 />} title="Nothing to configure">
        {plugin.name} declares no configuration fields. A plugin author adds them as{" "}
        <code>config_schema</code> in the metadata.
      </EmptyState>
    );
  }
  return (
    <fieldset disabled={!mayWrite} className="min-w-0 rounded-lg border border-line bg-surface">
      <legend className="sr-only">Configuration of {plugin.name}</legend>
      {mayWrite ? null : (
        <p className="border-b border-line px-4 py-2.5 text-sm text-muted">
          You can look at this configuration. Changing it needs another role.
        </p>
      )}
      {/* A draft kept from before a reload is known only to the browser: the form starts anew once it is there. */}
      <ConfigForm
        key={hydrated ? "live" : "static"}
        pluginId={plugin.id}
        config={data}
        onEnable={plugin.desired === "disabled" ? enable : undefined}
      />
    </fieldset>
  );
}
